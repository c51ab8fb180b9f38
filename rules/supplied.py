"""The web fields of a Case, which say who asked where the Case has no Contact to say it."""

from rules.findings import Objects
from rules.plan import SObject
from rules.ready import CompiledRow, ObjectMapping, columns

_ROWS = {
    "customer_name": "SuppliedName",
    "customer_email": "SuppliedEmail",
    "customer_phone": "SuppliedPhone",
    "customer_company": "SuppliedCompany",
}


def compile_supplied(mapping: ObjectMapping, objects: Objects) -> tuple[CompiledRow, ...]:
    """The rows for the web fields that the API user may fill and that no row of the admin's fills anyway."""
    fields = objects[SObject.CASE].fields
    mapped = columns((*mapping.customer, *mapping.booking))
    free = {booking: name for booking, name in _ROWS.items() if name in fields and name not in mapped}
    return tuple(
        CompiledRow(booking=booking, field=fields[name]) for booking, name in free.items() if fields[name].createable
    )
