"""What is wrong with records that a booking meets in the org."""

from worker.explained.explanation import Explanation, Side

RECORDS: tuple[Explanation, ...] = (
    Explanation(
        codes=("ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"),
        what="A record that the booking was to change, or to refer to by {place}, is not there any more, and reading "
        "it again did not lead to another one.",
        side=Side.ADMIN,
        do="Look whether the record was deleted or merged just then. Replay it: the customer is looked up anew.",
    ),
    Explanation(
        codes=("INVALID_CROSS_REFERENCE_KEY",),
        field="RecordTypeId",
        what="The record type of the {object} is gone, inactive, or not open to the API user.",
        side=Side.ADMIN,
        do="Activate it and give it to the API user's profile, or name another one under [pages] in bookforce.toml.",
    ),
    Explanation(
        codes=("INVALID_CROSS_REFERENCE_KEY",),
        field="OwnerId",
        what="The owner that the {object} was to get is gone, or may not own it.",
        side=Side.ADMIN,
        do="Correct [owners] in bookforce.toml, or the user or queue in Salesforce.",
    ),
    Explanation(
        codes=("INVALID_CROSS_REFERENCE_KEY", "FIELD_INTEGRITY_EXCEPTION"),
        field="WhoId",
        what="The Event cannot name its Lead or Contact: the record is gone, converted, or of the wrong kind.",
        side=Side.ADMIN,
        do="Look at the customer's Lead or Contact in Salesforce; then replay, which looks the customer up anew.",
    ),
    Explanation(
        codes=("INVALID_CROSS_REFERENCE_KEY", "FIELD_INTEGRITY_EXCEPTION"),
        field="WhatId",
        what="The Event cannot name its Case or Account; Salesforce allows none beside a Lead.",
        side=Side.ADMIN,
        do="Look at the records in Salesforce, and at own rows for WhatId in the field mapping; then replay.",
    ),
    Explanation(
        codes=("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",),
        what="The API user may not use a record that the {object} refers to: it belongs to somebody else, or is gone.",
        side=Side.ADMIN,
        do="Let the API user see and edit the records of all owners (sharing rules, or Modify All on the object).",
    ),
    Explanation(
        codes=("INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS"),
        what="The API user may not create or edit this {object}.",
        side=Side.ADMIN,
        do="Give the user Create and Edit on the object, and access to records of all owners. `bookforce setup` checks "
        "the first.",
    ),
    Explanation(
        codes=("CANNOT_UPDATE_CONVERTED_LEAD",),
        what="The Lead is converted, and the Contact that came of it was not found.",
        side=Side.ADMIN,
        do="Look at the Lead: if its Contact was deleted, restore or create one with the same e-mail; then replay.",
    ),
    Explanation(
        codes=("DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID", "HTTP_300"),
        what="{place} is to be unique, and another record has the value already, or several have it.",
        side=Side.ADMIN,
        do="The message names the other record. Merge or correct it, or empty the recycle bin if it lies there; then "
        "replay.",
    ),
    Explanation(
        codes=("DUPLICATES_DETECTED",),
        what="A duplicate rule of the org blocks the {object}: several records look alike, or none that can be used.",
        side=Side.ADMIN,
        do="Merge the records that the rule names, or let the rule allow with an alert for the API user; then replay.",
    ),
    Explanation(
        codes=("ENTITY_IS_LOCKED",),
        what="The {object} is locked by an approval process.",
        side=Side.ADMIN,
        do="Finish or recall the approval, or let the API user edit locked records; then replay.",
    ),
    Explanation(
        codes=("INACTIVE_OWNER_OR_USER", "OP_WITH_INVALID_USER_TYPE_EXCEPTION"),
        what="The {object} was to belong to a user who is deactivated, or who may own no such records.",
        side=Side.ADMIN,
        do="Activate the user, or map the booking owner to another one under [owners] in bookforce.toml; then replay.",
    ),
    Explanation(
        codes=("TRANSFER_REQUIRES_READ",),
        what="The new owner of the {object} may not read it.",
        side=Side.ADMIN,
        do="Give the owner's profile Read on the object, or map the booking owner to another user; then replay.",
    ),
    Explanation(
        codes=("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",),
        what="A trigger of the org, which the message names, broke off while the {object} was saved.",
        side=Side.ADMIN,
        do="Give the message to who wrote the trigger; when it is mended, replay.",
    ),
    Explanation(
        codes=("CANNOT_EXECUTE_FLOW_TRIGGER",),
        what="A flow of the org broke off while the {object} was saved.",
        side=Side.ADMIN,
        do="Look at Setup, Paused and Failed Flow Interviews; when it is mended, replay.",
    ),
    Explanation(
        codes=("STORAGE_LIMIT_EXCEEDED",),
        what="The org's data storage is full.",
        side=Side.ADMIN,
        do="Delete records or buy storage (Setup, Storage Usage). Bookings that need a new record wait meanwhile, "
        "and go on by themselves.",
    ),
)
