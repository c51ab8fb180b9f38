"""Records of a booking that somebody has deleted: not put back for a meeting that is over or off."""

from rules.lifecycle import UPCOMING
from rules.plan import Record, SObject, Warned
from rules.snapshot import Work

_PEOPLE = {SObject.LEAD, SObject.CONTACT}


def lost_person(work: Work) -> Record | None:
    """The Lead or Contact that the booking had and is not to be given again; asked where nobody is found."""
    return next((record for record in _had(work) if record.object in _PEOPLE), None)


def lost_record(work: Work) -> Record | None:
    """The Case that the booking had and is not to be given again, else its Lead or Contact."""
    return next(iter(_had(work)), None)


def told(record: Record) -> Warned:
    """The warning that the record is gone."""
    message = f"somebody deleted the {record.object}; it is not created again for a meeting that is over or off"
    return Warned(code="RECORD_DELETED", object=record.object, field="Id", message=message)


def _had(work: Work) -> list[Record]:
    if work.records is None or work.prior is None or work.state.phase in UPCOMING:
        return []
    return [record for record in (work.records.case, work.records.person) if record]
