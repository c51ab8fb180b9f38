"""The customer of all cells and what each record looks like, by what becomes of it."""

from collections.abc import Mapping

from tests.matrix.row import Fate, Fields, Seeded

PHONE, NOTE, STATE, SUBJECT = "+33 1 23 45", "By phone", "Normandy", "Product demo"

_SAYS = {"FirstName": "Lea", "LastName": "Marin", "Phone": PHONE}
_HAD = {"FirstName": "Léa", "LastName": "M."}

VALUES: Mapping[str, Mapping[Fate, Fields]] = {
    "Lead": {
        "created": {**_SAYS, "Company": "Acme {n}", "State": STATE},
        "overridden": {**_SAYS, "Company": "Acme {n}", "State": STATE},
        "filled": {**_HAD, "Phone": PHONE, "Company": "Acme {n}", "State": STATE},
        "left": {**_HAD, "Phone": None, "Company": "Unspecified", "State": None},
    },
    "Contact": {
        "created": {**_SAYS, "MailingState": STATE},
        "overridden": {**_SAYS, "MailingState": STATE},
        "filled": {**_HAD, "Phone": PHONE, "MailingState": STATE},
        "left": {**_HAD, "Phone": None, "MailingState": None},
    },
    "Case": {
        "created": {"Subject": SUBJECT, "Description": NOTE},
        "overridden": {"Subject": SUBJECT, "Description": NOTE},
        # The subject is the booking's own, which is written in both modes.
        "filled": {"Subject": SUBJECT, "Description": "It broke"},
        "left": {"Subject": "Help", "Description": "It broke"},
    },
    # The two fields beside the name only where the admin maps them.
    "Account": {
        "created": {"Name": "Acme {n}", "Phone": None, "Description": None},
        "overridden": {"Name": "Acme {n}", "Phone": PHONE, "Description": NOTE},
        "filled": {"Name": "Acme {n}", "Phone": "+49 own", "Description": NOTE},
        "left": {"Name": "Acme {n}", "Phone": "+49 own", "Description": None},
    },
}

LEAD = Seeded(name="Lead", object="Lead")
ACCOUNT = Seeded(name="Account", object="Account", email=None)
CONTACT = Seeded(name="Contact", object="Contact", parent="Account")
CASE = Seeded(name="Case", object="Case", email=None, parent="Contact")
