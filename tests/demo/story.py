"""The demo from beginning to end: bookings in, the right Salesforce records out."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from rich.console import Console

from tests.demo import report
from tests.demo.bookings import histories, read_deliveries
from tests.demo.bursts import Burst, Desk, Part, find_overspent, write_parts
from tests.demo.checks import compare, compare_states
from tests.demo.command import BOOKFORCE, publish
from tests.demo.meetings import MEETINGS
from tests.demo.org import read_records, seed
from tests.demo.outcomes import read_outcomes
from tests.demo.stage import Stage, fresh_folder, running_stage, uninterrupted_end
from tests.demo.usage import read_usage
from tests.demo.waiting import Watch
from tests.servers import running_worker
from tests.watching import Flower, running_flower
from worker.commands.setup_view import setup_table
from worker.connections import org as connection

Worker = subprocess.Popen[bytes]


def tell(folder: Path, out: Console, *, keep: bool) -> list[str]:
    """Run the demo; the differences between what there is in the end and what is expected, one line each.

    With `keep` everything goes on running until Ctrl-C. Raises DidNotStart, InUse, CommandFailed, NotDone.
    """
    start = time.monotonic()
    with fresh_folder(folder), running_stage(folder) as stage:
        ids = seed(stage.org)
        whole, (first, *others) = write_parts(folder, ids)
        out.print("Redis and the simulated org are up, people and companies are in it.")
        published = time.monotonic()
        tally = publish(first.file)
        out.print(f"{tally.accepted} events are accepted. No worker runs yet: they wait in the journal.\n")
        # Flower before the worker: it shows what it has heard itself.
        watching = running_flower(folder) if keep else nullcontext()
        with watching as flower, running_worker(folder, stage.environment) as worker, uninterrupted_end():
            desk = _open(stage, worker, out)
            bursts = [desk.settle(first, tally, published), *(desk.bring(part) for part in others)]
            differences = _show(desk, bursts, whole, ids, out)
            out.print(f"Done in {time.monotonic() - start:.1f} s.\n", highlight=False)
            if flower:
                _stay(stage, worker, flower, out)
            else:
                _say(report.next_steps_after(folder), out)
    return differences


def _open(stage: Stage, worker: Worker, out: Console) -> Desk:
    """The worker finds bookings and no setup, and runs the five setup tasks by itself."""
    here = connection("default")
    watch = Watch(worker=worker, log=stage.folder / "worker.log", since=time.monotonic())
    watch.until_ready(here.setup)
    out.print(setup_table(list(here.setup.reports().values())))
    return Desk(org=stage.org, journal=here.tools.journal, watch=watch)


def _show(desk: Desk, bursts: Sequence[Burst], whole: Path, ids: Mapping[str, str], out: Console) -> list[str]:
    """Print what there is to see; the differences from what is expected."""
    own = histories(read_deliveries(whole.read_text(encoding="utf-8")))
    again = desk.bring(Part(title="the whole file again", file=whole, bookings=len(own), most_calls=0))
    org = read_records(desk.org)
    outcomes = read_outcomes(desk.journal, own, org)
    verdict = compare(org, ids)
    differences = [*verdict.differences, *compare_states(outcomes), *find_overspent([*bursts, again])]
    if again.tally.accepted:
        differences.append(f"the whole file again: expected 0 events accepted, found {again.tally.accepted}")
    out.print(report.bookings_table(outcomes))
    out.print(report.bursts_table(bursts))
    _say(report.totals(bursts, outcomes, read_usage(desk.org).setup), out)
    _say(report.second_publish(again), out)
    _say(report.verdict_lines(verdict, differences), out)
    return differences


def _stay(stage: Stage, worker: Worker, flower: Flower, out: Console) -> None:
    """Everything goes on until Ctrl-C, or until the worker ends."""
    _say(report.next_steps_while(stage.folder, stage.org, flower, BOOKFORCE, MEETINGS[0].booking), out)
    try:
        worker.wait()
    except KeyboardInterrupt:
        out.print("Ending it all.")
    else:
        out.print(f"[red]The worker ended by itself: see {stage.folder}/worker.log[/]")


def _say(lines: Sequence[str], out: Console) -> None:
    for line in lines:
        out.print(line, highlight=False)
