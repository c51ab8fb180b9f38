"""Why Salesforce does not let us in."""

from worker.explained.explanation import Explanation, Side

LOG_IN: tuple[Explanation, ...] = (
    Explanation(
        codes=("invalid_grant",),
        what="Salesforce refuses the log-in: the user has not approved the app, the app has no Run As user, the "
        "address is not the My Domain that client credentials need, or the user is locked or barred from this network.",
        side=Side.ADMIN,
        do="Run `bookforce setup`, which says which of these it is; mend the app or the user in Setup, App Manager. "
        "Bookings wait meanwhile.",
    ),
    Explanation(
        codes=("invalid_app_access",),
        what="The API user may not use the connected app.",
        side=Side.ADMIN,
        do="Give the user's profile or a permission set of his access to the app. Bookings wait meanwhile.",
    ),
    Explanation(
        codes=("invalid_client_id",),
        what="Salesforce does not know the app's consumer key.",
        side=Side.OURS,
        do="Check BOOKFORCE_SALESFORCE_CLIENT_ID; a new app needs up to 10 minutes until it is known.",
    ),
    Explanation(
        codes=("invalid_client",),
        what="The app's secret is wrong.",
        side=Side.OURS,
        do="Set BOOKFORCE_SALESFORCE_CLIENT_SECRET to the consumer secret that the app shows now.",
    ),
    Explanation(
        codes=("unsupported_grant_type", "unauthorized_client"),
        what="The app does not allow this way to log in.",
        side=Side.ADMIN,
        do="Enable the client credentials flow of the app, or the JWT flow if a private key is configured.",
    ),
    Explanation(
        codes=("inactive_user",),
        what="The API user is deactivated.",
        side=Side.ADMIN,
        do="Activate the user, or let the app run as another one.",
    ),
    Explanation(
        codes=("inactive_org",),
        what="The org is locked, suspended or deleted.",
        side=Side.ADMIN,
        do="Settle it with Salesforce, or point BOOKFORCE_SALESFORCE_LOGIN_URL at another org.",
    ),
    Explanation(
        codes=("rate_limit_exceeded", "LOGIN_RATE_EXCEEDED"),
        what="There were too many log-ins within the last hour.",
        side=Side.SALESFORCE,
        do="Nothing: it is tried again. If it stays, look for other programs that log in as the same user.",
    ),
    Explanation(
        codes=("server_error", "temporarily_unavailable"),
        what="Salesforce cannot log anybody in at the moment.",
        side=Side.SALESFORCE,
        do="Nothing: it is tried again. https://status.salesforce.com shows incidents.",
    ),
    Explanation(
        codes=("LOGIN",),
        what="Salesforce refuses the log-in and does not say why.",
        side=Side.ADMIN,
        do="Look at the user's login history in Setup, and run `bookforce setup`.",
    ),
    Explanation(
        codes=("LOGIN_BUSY",),
        what="Another worker was logging in and had not finished.",
        side=Side.OURS,
        do="Nothing: it is tried again. If it stays, Salesforce answers log-ins too slowly.",
    ),
    Explanation(
        codes=("NO_TOKEN",),
        what="What stands at the log-in address answered without a token, so it is hardly Salesforce.",
        side=Side.OURS,
        do="Check BOOKFORCE_SALESFORCE_LOGIN_URL, and proxies on the way.",
    ),
    Explanation(
        codes=("NO_PRIVATE_KEY",),
        what="The private key for the log-in cannot be read.",
        side=Side.OURS,
        do="Let BOOKFORCE_SALESFORCE_PRIVATE_KEY_FILE name a PEM file with an RSA key that the worker may read.",
    ),
    Explanation(
        codes=("INVALID_SESSION_ID", "INVALID_AUTH_HEADER"),
        what="Salesforce took back the session, also after a new log-in.",
        side=Side.ADMIN,
        do="Look at the session policies of the app and the user (addresses, high assurance). Bookings wait meanwhile.",
    ),
    Explanation(
        codes=("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED", "FUNCTIONALITY_NOT_ENABLED"),
        what="The API is off for this user or this edition of Salesforce.",
        side=Side.ADMIN,
        do="Give the API user the permission API Enabled; the edition must include the API. Bookings wait meanwhile.",
    ),
    Explanation(
        codes=("NO_CONNECTION_STAGE",),
        what="The first step of the setup has not run with these credentials.",
        side=Side.OURS,
        do="Run `bookforce setup`.",
    ),
)
