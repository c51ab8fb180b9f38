"""`python -m tests.reference` prints docs/configuration.md."""

import sys

from tests.reference.document import document

if __name__ == "__main__":
    sys.stdout.write(document())
