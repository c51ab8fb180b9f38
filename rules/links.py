"""Personalized links that somebody else may have used: anybody can change an id in an address, or pass a link on."""

from producers.contract import normalise_email
from rules.plan import Warned
from rules.ready import ReadySetup
from rules.recognition import How, Recognised, matchable_email
from rules.snapshot import Work
from rules.validation import PLACEHOLDER_EMAIL


def link_warnings(found: Recognised, work: Work, setup: ReadySetup) -> tuple[Warned, ...]:
    """The warning that the record which the link names had another e-mail than the customer gives.

    It is written all the same: the vendor takes an id for the surest sign.
    """
    said, there = matchable_email(work), normalise_email(found.person.email or "")
    is_same = not said or there in {"", PLACEHOLDER_EMAIL, said}
    if is_same or found.how is not How.ID or not setup.matching.warn_on_other_email:
        return ()
    message = "the link names this record, whose e-mail was another than the one that the customer gave"
    return (Warned(code="LINK_EMAIL_DIFFERS", object=found.person.record.object, field="Email", message=message),)
