"""What passes by itself: networks, outages, limits, locks."""

from worker.explained.explanation import Explanation, Side

_AGAIN = (
    "Nothing while it is pending: it is tried again for about two hours. If it is parked, replay it once Salesforce is "
    "well."
)

PASSING: tuple[Explanation, ...] = (
    Explanation(
        codes=("REQUEST_LIMIT_EXCEEDED",),
        what="The org's API calls of the last 24 hours are used up, or too many long calls ran at once.",
        side=Side.ADMIN,
        do="Nothing: bookings wait and go on as calls come back. If it happens often, look in Setup, System Overview, "
        "which program uses them, or buy more.",
    ),
    Explanation(
        codes=("SERVER_UNAVAILABLE", "HTTP_420", "HTTP_429", "HTTP_500", "HTTP_502", "HTTP_503", "HTTP_504"),
        what="Salesforce, or a gateway in front of it, was not able to answer.",
        side=Side.SALESFORCE,
        do=f"{_AGAIN} https://status.salesforce.com shows incidents.",
    ),
    Explanation(
        codes=("UNKNOWN_EXCEPTION",),
        what="Salesforce failed inside; the message holds an ErrorId for their support.",
        side=Side.SALESFORCE,
        do="Nothing while it is pending; if it is parked, replay it once. If it stays, give the ErrorId to "
        "Salesforce's support: often it is code of the org.",
    ),
    Explanation(
        codes=("QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG"),
        what="Salesforce took too long for a query or a write.",
        side=Side.SALESFORCE,
        do=f"{_AGAIN} If it stays, the org's triggers and flows are slow, or a look-up has no index.",
    ),
    Explanation(
        codes=("UNABLE_TO_LOCK_ROW",),
        what="Somebody else was writing the same {object}, or one above it, all the time.",
        side=Side.SALESFORCE,
        do="Nothing while it is pending; if it is parked, replay it. If it happens often, look for jobs that write all "
        "records of one Account at once.",
    ),
    Explanation(
        codes=("TOO_MANY_APEX_REQUESTS",),
        what="The org's own code was running too often at once.",
        side=Side.SALESFORCE,
        do=_AGAIN,
    ),
    Explanation(
        codes=("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",),
        what="The org was read-only for maintenance.",
        side=Side.SALESFORCE,
        do=_AGAIN,
    ),
    Explanation(
        codes=("PROCESSING_HALTED", "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
        what="Another record of the same call failed, and Salesforce took this one back with it.",
        side=Side.SALESFORCE,
        do="Look at the parked bookings of the same minute for the true cause; mend that and replay both.",
    ),
    Explanation(
        codes=("CONNECT_TIMEOUT", "READ_TIMEOUT", "CONNECTION_BROKEN", "CALL_BROKEN", "BROKEN_ANSWER"),
        what="The connection to Salesforce broke, or the answer did not come or was not whole. What was written is "
        "found again, so nothing is written twice.",
        side=Side.SALESFORCE,
        do=f"{_AGAIN} If it stays, look at the network and the proxies of the worker.",
    ),
    Explanation(
        codes=("UNREACHABLE",),
        what="The log-in address of Salesforce cannot be reached from the worker.",
        side=Side.OURS,
        do="Check BOOKFORCE_SALESFORCE_LOGIN_URL, name resolution, firewall and proxy of the worker.",
    ),
    Explanation(
        codes=("TLS_REFUSED",),
        what="The worker does not trust the certificate that Salesforce, or a proxy in between, shows.",
        side=Side.OURS,
        do="Let REQUESTS_CA_BUNDLE name a file that holds the proxy's certificate authority too.",
    ),
    Explanation(
        codes=("NO_CA_BUNDLE",),
        what="REQUESTS_CA_BUNDLE names a file that is not there.",
        side=Side.OURS,
        do="Correct or remove the variable, and start the worker again.",
    ),
    Explanation(
        codes=("HTTP_401", "HTTP_403"),
        what="Something refused the call without a Salesforce error: a proxy, or the org's network restrictions.",
        side=Side.ADMIN,
        do="Look at proxies on the way and at the IP ranges that the user's profile allows.",
    ),
)
