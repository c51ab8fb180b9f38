"""`bookforce key`: a new key for the journal."""

import typer

from producers.cipher import new_key


def key() -> None:
    """Print a new key for BOOKFORCE_JOURNAL_KEYS.

    The first key of that variable encrypts what the journal keeps of
    customers, all of them decrypt: to change keys, put the new one in front,
    everywhere, and leave the old one behind it.

    The last one also goes into the digests that stand for customers. Before
    you take it away, let BOOKFORCE_JOURNAL_DIGEST_KEY keep it.

    Give all services that publish and all workers the same keys. Switch
    encryption on, or change the key of the digests, while nothing waits
    (bookforce status): until then one customer would count as two.
    """
    typer.echo(new_key())
