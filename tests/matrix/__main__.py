"""`python -m tests.matrix` prints docs/creation-rules.md."""

import sys

from tests.matrix.document import document

if __name__ == "__main__":
    sys.stdout.write(document())
