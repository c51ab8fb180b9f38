"""Units, image and compose file start what the Procfile starts, with variables that exist, and end it as it wants."""

import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

import pytest
import yaml

from config.settings import Connection, Settings
from tests.reference.environment import known_names
from worker.app import HARD_LIMIT_SECONDS

_ROOT = Path(__file__).parents[1]
_FOLDER = _ROOT / "docs" / "deploy"
_SERVICES = sorted((_FOLDER / "systemd").glob("*.service"))
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")

# Whether a worker ends by itself before it is killed: the hard limit of a task, and time to end.
_END_SECONDS = HARD_LIMIT_SECONDS + 20


def processes() -> dict[str, str]:
    """The Procfile's lines by name."""
    lines = (line.partition(":") for line in (_ROOT / "Procfile").read_text().splitlines())
    return {name: command.strip() for name, _, command in lines}


def settings_of(unit: Path) -> dict[str, list[str]]:
    """What a unit says, by key: systemd allows a key several times."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if not line.startswith(("#", "[")) and line:
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def name_of(unit: Path) -> str:
    return unit.stem.removeprefix("bookforce-").removesuffix("@")


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (_FOLDER / "Containerfile").read_text(), flags=re.MULTILINE).replace("\\\n", "")
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / "compose.yaml").read_text())
    return loaded


def without_names(command: str) -> Sequence[str]:
    """A command's words, its program without a folder, variables without defaults, a worker without its node's name."""
    words = shlex.split(_VARIABLE.sub(r"$\1", command))
    if "-n" in words:
        at = words.index("-n")
        del words[at : at + 2]
    return [PurePath(words[0]).name, *words[1:]]


def test_there_is_a_unit_for_every_process() -> None:
    assert sorted(map(name_of, _SERVICES)) == sorted(processes())


@pytest.mark.parametrize("unit", _SERVICES, ids=name_of)
def test_a_unit_runs_the_line_of_the_procfile(unit: Path) -> None:
    line, said = processes()[name_of(unit)], settings_of(unit)
    (command,) = said["ExecStart"]
    assert without_names(command) == without_names(line)
    assert said.get("Environment", []) == [f"{name}={default}" for name, default in _VARIABLE.findall(line)]


@pytest.mark.parametrize("unit", _SERVICES, ids=name_of)
def test_a_unit_starts_again_always_and_may_do_little(unit: Path) -> None:
    said = settings_of(unit)
    assert said["Restart"] == ["always"]
    assert said["StartLimitIntervalSec"] == ["0"]
    assert said["User"] == ["bookforce"]
    assert {"NoNewPrivileges", "ProtectSystem", "PrivateTmp", "CapabilityBoundingSet"} <= set(said)
    assert said["EnvironmentFile"] == ["/etc/bookforce/bookforce.env"]


def test_a_worker_is_told_to_end_by_its_main_process_and_has_time_for_its_batches() -> None:
    said = settings_of(_FOLDER / "systemd" / "bookforce-worker@.service")
    assert said["KillMode"] == ["mixed"]
    assert int(said["TimeoutStopSec"][0]) >= _END_SECONDS
    assert compose()["services"]["worker"]["stop_grace_period"] == f"{said['TimeoutStopSec'][0]}s"


def test_workers_of_a_machine_have_names_of_their_own() -> None:
    (command,) = settings_of(_FOLDER / "systemd" / "bookforce-worker@.service")["ExecStart"]
    assert " -n worker-%i@%%h " in command


def test_every_variable_of_the_example_exists() -> None:
    text = (_FOLDER / "bookforce.env").read_text()
    named = re.findall(r"^#?(\w+)=", text, re.MULTILINE)
    assert sorted(set(named) - set(known_names())) == ["FLOWER_MAX_TASKS"], "Flower's own"
    needed = {
        name for model in (Settings, Connection) for name, field in model.model_fields.items() if field.is_required()
    }
    assert {f"BOOKFORCE_{name.upper()}" for name in needed} <= set(re.findall(r"^(\w+)=", text, re.MULTILINE))


def test_compose_runs_every_process_with_variables_that_exist() -> None:
    services = compose()["services"]
    assert set(services) == {*processes(), "redis"}
    for name in processes():
        assert services[name]["command"] == name
        assert services[name]["restart"] == "unless-stopped"
        assert sorted(set(services[name]["environment"]) - set(known_names())) == []
        assert all(port.startswith("127.0.0.1:") for port in services[name].get("ports", []))
        assert "healthcheck" in services[name]


def test_the_journal_of_compose_is_one_that_a_worker_does_not_warn_of() -> None:
    command = compose()["services"]["redis"]["command"]
    for option in ("--appendonly yes", "--appendfsync always", "--maxmemory-policy noeviction"):
        assert option in command


def test_the_image_is_built_from_locked_packages_and_runs_without_rights_and_secrets() -> None:
    said = instructions()
    installs = [rest for word, rest in said if word == "RUN" and "pip install" in rest]
    assert all("--require-hashes" in each or "--no-index" in each for each in installs)
    last = said[max(n for n, (word, _) in enumerate(said) if word == "FROM") :]
    assert [rest for word, rest in last if word == "USER"] == ["10001:10001"]
    assert {"HEALTHCHECK", "ENTRYPOINT", "CMD"} <= {word for word, _ in last}
    named = {name for word, rest in said if word in {"ENV", "ARG"} for name in re.findall(r"(BOOKFORCE_\w+)=", rest)}
    assert named == {"BOOKFORCE_LOG_FORMAT"}


def test_the_image_holds_every_package_that_is_installed_and_nothing_that_git_does_not() -> None:
    copied = {source for word, rest in instructions() if word == "COPY" for source in rest.split()[:-1]}
    sources = {source for source in copied if not source.startswith(("-", "/"))}
    assert {"producers", "rules", "config", "worker", "requirements.txt", "Procfile"} <= sources
    assert [source for source in sources if not (_ROOT / source).exists()] == []


@pytest.mark.parametrize("name", processes())
def test_the_entry_point_runs_a_line_of_the_procfile_with_its_defaults(name: str, tmp_path: Path) -> None:
    program, *words = processes()[name].split()
    fake = tmp_path / program
    fake.write_text('#!/bin/sh\necho "$@"\n')
    fake.chmod(0o755)
    said = _started(tmp_path, name)
    assert said.split() == [_VARIABLE.sub(r"\2", word) for word in words]


def test_the_entry_point_runs_any_other_command(tmp_path: Path) -> None:
    assert _started(tmp_path, "printf", "%s-", "one two", "three") == "one two-three-"


def _started(folder: Path, *command: str) -> str:
    return subprocess.run(  # noqa: S603 - our own program
        [str(_FOLDER / "start"), *command],
        cwd=_ROOT,
        env={"PATH": f"{folder}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_what_builds_the_package_is_all_that_the_lock_file_names_for_it() -> None:
    blocks = re.split(r"\n(?=\S)", (_ROOT / "requirements-dev.txt").read_text())
    needed = {block.partition("==")[0] for block in blocks if re.search(r"# +(via )?hatchling$", block, re.MULTILINE)}
    (wanted,) = re.findall(r"/\^\(([\w|-]+)\)==/", (_FOLDER / "Containerfile").read_text())
    assert needed | {"hatchling", "editables"} == set(wanted.split("|"))
