"""The catalogue of all codes, and how one of them is explained."""

from dataclasses import dataclass

from worker.explained.explanation import Explanation, Side
from worker.explained.log_in import LOG_IN
from worker.explained.own import OWN
from worker.explained.passing import PASSING
from worker.explained.records import RECORDS
from worker.explained.values import VALUES
from worker.jobs import place_of

CATALOGUE = (*LOG_IN, *PASSING, *RECORDS, *VALUES, *OWN)

_UNKNOWN = Explanation(
    codes=(),
    what="bookforce does not know this code, so it cannot explain it; the message is all that there is.",
    side=Side.SALESFORCE,
    do="Look the code up among Salesforce's status codes, mend what it says, and replay. Please report the code, so "
    "that it gets an explanation.",
)

_OTHER_STATUS = Explanation(
    codes=(),
    what="The answer held no Salesforce error, only an HTTP status: a gateway or a proxy spoke.",
    side=Side.SALESFORCE,
    do="Replay it. If it stays, look at proxies between the worker and Salesforce.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """An error in the words of who has to deal with it. `is_known` is False if the catalogue has nothing on it."""

    what: str
    side: Side
    do: str
    is_known: bool = True


def explain(code: str, obj: str | None = None, field: str | None = None) -> Explained:
    """What this code means on this object and field; the entry that says most of them counts."""
    fitting = [entry for entry in CATALOGUE if code in entry.codes and _fits(entry, obj, field)]
    if fitting:
        entry = max(fitting, key=lambda each: (each.field is not None) + (each.object is not None))
        return _said(entry, obj, field)
    if code.startswith("HTTP_"):
        return _said(_OTHER_STATUS, obj, field)
    return Explained(what=_UNKNOWN.what, side=_UNKNOWN.side, do=_UNKNOWN.do, is_known=False)


def _fits(entry: Explanation, obj: str | None, field: str | None) -> bool:
    return entry.object in {None, obj} and entry.field in {None, field}


def _said(entry: Explanation, obj: str | None, field: str | None) -> Explained:
    names = {"place": place_of(obj, field) if field else f"a field of the {obj or 'record'}", "object": obj or "record"}
    what = entry.what.format(**names)
    return Explained(what=what[:1].upper() + what[1:], side=entry.side, do=entry.do.format(**names))
