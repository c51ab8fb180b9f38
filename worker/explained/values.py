"""What is wrong with values and fields."""

from worker.explained.explanation import Explanation, Side

VALUES: tuple[Explanation, ...] = (
    Explanation(
        codes=("FIELD_CUSTOM_VALIDATION_EXCEPTION",),
        what="A validation rule of the org refuses the {object}; the message is the rule's own text.",
        side=Side.ADMIN,
        do="Let the rule pass what bookings bring, or exempt the API user, or map what satisfies it; then replay.",
    ),
    Explanation(
        codes=("FIELD_INTEGRITY_EXCEPTION",),
        what="The value of {place} does not fit to the org or to another field of the record.",
        side=Side.BOOKING,
        do="Read the message; correct the field mapping, or the org's picklists and field dependencies; then replay.",
    ),
    *(
        Explanation(
            codes=("FIELD_INTEGRITY_EXCEPTION",),
            field=field,
            what="The state or country is none that the org knows, or the state came without its country.",
            side=Side.BOOKING,
            do="Map state and country together, in the spelling of Setup, State and Country Picklists; then replay.",
        )
        for field in ("State", "Country", "StateCode", "CountryCode", "MailingState", "MailingCountry")
    ),
    Explanation(
        codes=("REQUIRED_FIELD_MISSING",),
        what="The org requires {place}, and the booking brings no value for it.",
        side=Side.ADMIN,
        do="Map the field or give it a default under [[field_validation]], or make it optional; run `bookforce setup` "
        "and replay.",
    ),
    Explanation(
        codes=("STRING_TOO_LONG",),
        what="The value is longer than {place} takes.",
        side=Side.BOOKING,
        do="Make the field longer, or map a shorter value; then replay.",
    ),
    Explanation(
        codes=("INVALID_EMAIL_ADDRESS",),
        what="Salesforce takes the value of {place} for no e-mail address.",
        side=Side.BOOKING,
        do="Publish the booking again with a correct address, or do not map the field; or discard it.",
    ),
    Explanation(
        codes=("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",),
        what="{place} takes values of its list alone, and the booking brings another, or none where one is needed.",
        side=Side.ADMIN,
        do="Add the value to the picklist and to the record type, or map it to one that is there; then replay.",
    ),
    Explanation(
        codes=("NUMBER_OUTSIDE_VALID_RANGE",),
        what="The number has more digits than {place} takes.",
        side=Side.BOOKING,
        do="Make the field larger, or map another value; then replay.",
    ),
    Explanation(
        codes=("INVALID_FIELD", "INVALID_TYPE"),
        what="A field or object that the setup had found is gone, or hidden from the API user.",
        side=Side.ADMIN,
        do="Run `bookforce setup`: it names the field. Restore it, show it to the API user, or take it out of the "
        "mapping; then replay.",
    ),
    Explanation(
        codes=("INVALID_FIELD_FOR_INSERT_UPDATE",),
        what="The API user may not write {place}.",
        side=Side.ADMIN,
        do="Make the field editable for the user (field-level security), or take it out of the mapping; then replay.",
    ),
    Explanation(
        codes=("INVALID_FIELD_FOR_INSERT_UPDATE",),
        object="Account",
        field="Name",
        what="The Account is a Person Account, whose name is made of first and last name, or the name is read-only.",
        side=Side.ADMIN,
        do="Check the record types of the page under [pages] in bookforce.toml, and the field's security; then replay.",
    ),
    Explanation(
        codes=("MALFORMED_ID",),
        what="The id in {place} is none of the right kind of record.",
        side=Side.BOOKING,
        do="Check the personalized link or the mapping that the id comes from; then replay, or discard it.",
    ),
)
