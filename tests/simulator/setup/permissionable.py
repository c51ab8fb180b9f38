"""Which fields field-level security knows: those that describe calls permissionable."""

# Objects of the org's setup: no transaction may write them together with data, and their fields know no permissions.
SETUP = frozenset({
    "User", "Group", "QueueSobject", "Profile", "PermissionSet", "FieldPermissions", "ObjectPermissions",
    "PermissionSetAssignment", "AssignmentRule", "RecordType", "Organization",
})  # fmt: skip
# Fields whose `permissionable` is recorded against the rule below.
OPEN_TO_ALL = frozenset({
    "IndividualId", "RecordTypeId", "EmailBouncedReason", "EmailBouncedDate", "Comments", "ActivityDateTime",
    "ActivityDate", "DurationInMinutes", "StartDateTime", "EndDateTime", "ShowAs", "RecurrenceStartDateTime",
    "RecurrenceEndDateOnly", "RecurrenceTimeZoneSidKey", "RecurrenceType", "RecurrenceInterval",
    "RecurrenceDayOfWeekMask", "RecurrenceDayOfMonth", "RecurrenceInstance", "RecurrenceMonthOfYear",
    "ReminderDateTime", "EventSubtype", "Recurrence2PatternText", "Status",
})  # fmt: skip
ALSO_PERMISSIONABLE = frozenset({
    "ClosedDate", "IsEscalated", "IsAllDayEvent", "PersonDoNotCall", "PersonHasOptedOutOfEmail",
    "PersonHasOptedOutOfFax",
})  # fmt: skip


def is_permissionable(name: str, kind: str, compound: str | None, *, optional: bool) -> bool:
    """Say whether permissions can be given for a standard field: optional ones that can be written, with exceptions."""
    if kind == "address" or name in ALSO_PERMISSIONABLE:
        return True
    never = name.removeprefix("Person") in OPEN_TO_ALL or kind == "combobox" or compound == "Name"
    return optional and not never
