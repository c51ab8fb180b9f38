"""Setups that differ in their mapping rows."""

from collections.abc import Mapping

from tests.builders import a_ruleset

Row = Mapping[str, object]


def rows_with(*own: Row) -> list[Row]:
    """The shipped mapping with these rows, each of which replaces the one of the same booking field and object."""
    replaced = {(row["booking"], row["object"]) for row in own}
    shipped = [row.model_dump() for row in a_ruleset().field_mapping]
    return [*(row for row in shipped if (row["booking"], row["object"]) not in replaced), *own]
