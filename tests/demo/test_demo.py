"""The demo as people run it: a subprocess, its exit code and what it prints."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

_LIMIT_SECONDS = 120
_STEPS = ("1 API connection", "2 Installation", "3 Field validation", "4 Field mapping", "5 Creation rules")


def test_the_demo_ends_with_the_expected_records(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in {"KEEP", "FORCE_COLOR"}}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.demo", "--folder", str(tmp_path / "demo")],
        cwd=ROOT,
        env={**environment, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Traceback" not in said
    for step in _STEPS:
        assert re.search(rf"^│ {step} +│ ready ", done.stdout, re.MULTILINE), step
    accepted = re.search(r"(\d+) events accepted", done.stdout)
    assert accepted
    assert int(accepted[1]) >= 60
    assert "0 accepted, " in done.stdout
    assert " 0 API calls." in done.stdout
