"""SOQL text from names and values."""

from collections.abc import Iterable, Mapping, Sequence

# Salesforce refuses any other backslash.
_ESCAPES = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def literal(text: str) -> str:
    """A text as SOQL writes it, with its quotes."""
    return f"'{text.translate(_ESCAPES)}'"


def select(columns: Sequence[str], obj: str, any_of: Mapping[str, Iterable[str]]) -> str:
    """Records of which one of the fields has one of its values; "X WITH Y = 1" adds a condition to its own.

    At least one field must have values: a query without a condition would read the whole table.
    """
    conditions = [_condition(name, values) for name, values in any_of.items() if values]
    if not conditions:
        msg = f"a query on {obj} needs at least one value to look for"
        raise ValueError(msg)
    # Nothing is limited: a record that a LIMIT hides would be taken for one that is not there.
    return f"SELECT {','.join(columns)} FROM {obj} WHERE {' OR '.join(conditions)}"  # noqa: S608 - literals are escaped above


def _condition(name: str, values: Iterable[str]) -> str:
    field, _, condition = name.partition(" WITH ")
    listed = f"{field} IN ({','.join(map(literal, sorted(values)))})"
    return f"({listed} AND {condition})" if condition else listed
