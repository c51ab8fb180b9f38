"""What Salesforce refused of a booking → what to do differently within the same claim."""

from collections.abc import Iterator, Mapping

from rules.plan import New, Plan, SObject
from rules.ready import ReadySetup
from rules.repair import Refusal, Repairs, find_repair
from rules.snapshot import Work, identity
from worker.errors import Rejected
from worker.salesforce.results import Failed, Results


def find_repairs(
    plans: Mapping[str, Plan], works: Mapping[str, Work], results: Results, setup: ReadySetup
) -> dict[str, Repairs]:
    """What to try next, for each booking of which something was refused that can be had otherwise."""
    found = {name: _repair(plan, works[name], results, setup) for name, plan in plans.items()}
    return {name: repairs for name, repairs in found.items() if repairs}


def _repair(plan: Plan, work: Work, results: Results, setup: ReadySetup) -> Repairs | None:
    failures = [result for write in plan.writes if isinstance(result := results[identity(write.record)], Failed)]
    if not failures or not all(isinstance(failure.error, Rejected) for failure in failures):
        return None
    return find_repair(_refusals(plan, results), work.repairs, setup)


def _refusals(plan: Plan, results: Results) -> Iterator[Refusal]:
    """What was said of the records themselves; children only repeat what was said of their parents."""
    for write in plan.writes:
        result, obj = results[identity(write.record)], write.record.object
        if not isinstance(result, Failed) or result.error.object != obj:
            continue
        said = result.error.duplicates
        yield Refusal(
            code=result.error.code,
            object=SObject(obj),
            is_new=isinstance(write.record, New),
            fields=result.error.fields,
            duplicates=said.ids if said else None,
            may_save=said.may_save if said else True,
        )
