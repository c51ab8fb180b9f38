"""The signs by which a customer is recognised, in the order in which they count, each with the cells that show it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One sign, what it leads to, and the situations of the cells that show that it counts before those below."""

    sign: str
    leads_to: str
    cells: tuple[str, ...] = ()


SIGNS: Sequence[Sign] = (
    Sign(
        sign="the records of the booking itself, known from earlier events, or those of the booking that it replaces",
        leads_to="the same records again, whatever the customer now says of himself",
    ),
    Sign(
        sign="the Case id in the link",
        leads_to="that Case and its Contact, on every page",
        cells=("the link names a Case, a Contact and a Lead: the Case counts",),
    ),
    Sign(
        sign="the Contact id in the link (or the id of a Person Account)",
        leads_to="that Contact, on every page",
        cells=("the link names a Contact and a Lead: the Contact counts",),
    ),
    Sign(
        sign="the Lead id in the link",
        leads_to="that Lead, or the Contact that it was converted into where such Leads are followed, on every page",
        cells=("the link names a Lead, whose e-mail is another",),
    ),
    Sign(
        sign="the e-mail, unless it is our placeholder email@example.com; an id that leads nowhere ends up here too",
        leads_to="the page's own object first, then the other, but a Person Account before Leads also on a Leads page; "
        "of several, the one that was modified last",
        cells=("the id in the link is unknown: the e-mail counts", "a Lead and a Contact have the e-mail"),
    ),
    Sign(
        sign="the e-mail of a converted Lead",
        leads_to="the Contact that it became",
        cells=("the e-mail is an open Lead's and a converted one's: the open one",),
    ),
    Sign(
        sign="the phone or mobile number, for customers without e-mail",
        leads_to="as by e-mail",
        cells=("no e-mail; a Lead has the phone number",),
    ),
    Sign(
        sign="nothing of these",
        leads_to="new records, as the page says; none on a page that creates nothing",
        cells=("nobody has the id or the e-mail", "the id in the link is unknown and nobody has the e-mail"),
    ),
)
