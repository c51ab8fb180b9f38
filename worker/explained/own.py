"""Errors of our own, and warnings of bookings that went through."""

from worker.explained.explanation import Explanation, Side

_REPORT = "Please report it with the code and the log lines of the same minute. When it is mended, replay."

OWN: tuple[Explanation, ...] = (
    Explanation(
        codes=("NO_CUSTOMER",),
        what="The booking names nobody: no e-mail, no name and no Salesforce id.",
        side=Side.BOOKING,
        do="Let the booking form ask for the e-mail. A later event of the booking that names the customer brings it by "
        "itself; else discard it.",
    ),
    Explanation(
        codes=("UNREADABLE_EVENT",),
        what="What the journal holds under this id is no booking event: it was written by another program or version.",
        side=Side.OURS,
        do="Run the version of bookforce that wrote it, then replay; or publish it anew by another id and discard it.",
    ),
    Explanation(
        codes=("INTERNAL_ERROR",),
        what="bookforce itself failed while it worked on this customer.",
        side=Side.OURS,
        do=f"The log line `sync.broke_off` says where. {_REPORT}",
    ),
    Explanation(
        codes=("TIME_LIMIT",),
        what="The batch took longer than a task may.",
        side=Side.OURS,
        do="Nothing: it was tried again. If it stays, Salesforce is slow or the customer has very many bookings.",
    ),
    Explanation(
        codes=("API_SHARE_USED",),
        what="The share of the org's API calls that the setup leaves to bookforce is used up.",
        side=Side.ADMIN,
        do="Nothing: bookings wait and go on as calls come back. If it happens often, raise the share under [quota].",
    ),
    Explanation(
        codes=("JOURNAL_KEY_MISSING",),
        what="The booking is encrypted with a key that this worker does not have.",
        side=Side.OURS,
        do="Give every worker the keys of the services that publish. Nothing is lost: the booking waits for it.",
    ),
    Explanation(
        codes=("CLAIM_LOST",),
        what="The worker was so slow that another one has taken the customer over.",
        side=Side.OURS,
        do="Nothing: the other worker goes on. If it happens often, the workers or Redis are overloaded.",
    ),
    Explanation(
        codes=("LEASE_LAPSED",),
        what="The worker that had claimed the customer died, or lost Redis, before it could say what became of it.",
        side=Side.OURS,
        do="Nothing: another worker took over. If it happens often, look for workers that are killed. If the booking "
        "was parked for it, it happened each time: look why (out of memory?), and replay it when that is mended.",
    ),
    Explanation(
        codes=("MALFORMED_QUERY", "JSON_PARSER_ERROR", "METHOD_NOT_ALLOWED", "MIXED_DML_OPERATION"),
        what="bookforce asked Salesforce in a way that it does not take.",
        side=Side.OURS,
        do=_REPORT,
    ),
    Explanation(
        codes=("EXCEEDED_ID_LIMIT", "EXCEEDED_MAX_TYPES_LIMIT"),
        what="bookforce sent more records in one call than Salesforce takes.",
        side=Side.OURS,
        do=_REPORT,
    ),
    Explanation(
        codes=("OWNER_UNMAPPED",),
        what="The booking owner is no user of the org by his e-mail, so the {object} got the default owner.",
        side=Side.ADMIN,
        do="Map him under [owners] in bookforce.toml, or correct the e-mail of the Salesforce user.",
    ),
    Explanation(
        codes=("OWNER_REFUSED",),
        what="Salesforce refused the booking owner as owner of the {object}; the default owner got it, or it was kept.",
        side=Side.ADMIN,
        do="Activate the user or give him the rights to own such records, or map the booking owner to another one.",
    ),
    Explanation(
        codes=("EVENT_DELETED",),
        what="Somebody deleted the Event in Salesforce; it is not put back for a meeting that is over or off.",
        side=Side.ADMIN,
        do="Nothing, if that was meant; else restore the Event from the recycle bin.",
    ),
    Explanation(
        codes=("RECORD_DELETED",),
        what="Somebody deleted the {object} of the booking; it is not created again for a meeting that is over or off.",
        side=Side.ADMIN,
        do="Nothing, if that was meant; else restore the {object} from the recycle bin.",
    ),
    Explanation(
        codes=("CUSTOMER_UNKNOWN",),
        what="The booking says nothing of who the customer is, so its Case has no Contact.",
        side=Side.BOOKING,
        do="Set the Contact of the Case by hand, or wait: an event that names the customer sets it.",
    ),
    Explanation(
        codes=("LINK_EMAIL_DIFFERS",),
        what="The record that the personalized link names had another e-mail than the one that the customer gave.",
        side=Side.BOOKING,
        do="Look whether the link was passed on to a colleague; if so, correct the record, which was updated.",
    ),
    Explanation(
        codes=("CASE_CONTACT_DIFFERS",),
        what="The Case of the link belongs to another Contact than the one who booked; both stay as they belong.",
        side=Side.BOOKING,
        do="Look at the Case, and set its Contact by hand if it is wrong.",
    ),
    Explanation(
        codes=("VALUE_LOST",),
        what="The booking's value does not fit into {place}, and was cut, changed or left out.",
        side=Side.ADMIN,
        do="Make the field fit, or map the value to another one.",
    ),
    Explanation(
        codes=("VALUE_REFUSED",),
        what="Salesforce refused the value of {place}; the booking went through without it.",
        side=Side.ADMIN,
        do="Look at the field's type, list and rules, or take it out of the mapping.",
    ),
    Explanation(
        codes=("VALUE_NOT_OFFERED",),
        what="The record type of the {object} does not offer the value of {place}; it was sent all the same.",
        side=Side.ADMIN,
        do="Let the record type offer the value, or map it to one that it offers.",
    ),
    Explanation(
        codes=("INVITEE_REFUSED",),
        what="A panel member is not among the invitees of the Event, or still is: Salesforce refused the change.",
        side=Side.ADMIN,
        do="Look whether the user is active and may see the Event; invite him by hand.",
    ),
    Explanation(
        codes=("REQUIRED_FIELD_DEFAULTED",),
        what="The org requires {place}, the booking has no value for it, and a default was sent.",
        side=Side.ADMIN,
        do="Map the field, let the booking form ask for it, or choose the default under [[field_validation]].",
    ),
    Explanation(
        codes=("DUPLICATE_ALLOWED",),
        what="A duplicate rule of the org objected, and let itself be overruled; the {object} was saved.",
        side=Side.ADMIN,
        do="Merge the records if they are the same, or turn the rule off for the API user.",
    ),
)
