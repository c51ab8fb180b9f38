"""`make chaos` in a minute: a small run of each seed, as people run it; longer ones are for people."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_LIMIT_SECONDS = 400


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_doubled_or_different_after_kills_restarts_and_faults(
    seed: int, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    command = [sys.executable, "-m", "tests.chaos", "--seed", str(seed), "--events", "400", "--pace", "40", "--json"]
    command += ["--broker", pytestconfig.getoption("--broker")]
    done = subprocess.run(  # noqa: S603 - our own program
        [*command, "--no-recovery", "--folder", str(tmp_path / "chaos")],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    wrong = {name: result[name] for name in ("lost", "doubled", "differences", "idle_workers")}
    assert wrong == {"lost": [], "doubled": [], "differences": [], "idle_workers": []}
    assert result["is_settled"]
    assert done.returncode == 0
    assert result["deliveries"] == 480
    assert result["worker_starts"] > 2
    assert sum(result["org_faults"].values()) > 5
    assert min(result["blows"].values()) >= 1
