"""The digest of the code that compiles setups."""

from pathlib import Path

from worker.release import release


def _sources(folder: Path, text: str) -> Path:
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "mapping.py").write_text(text)
    return folder


def test_the_same_code_is_the_same_release_wherever_it_is(tmp_path: Path) -> None:
    assert release(_sources(tmp_path / "a", "X = 1")) == release(_sources(tmp_path / "b", "X = 1"))


def test_a_changed_rule_is_another_release(tmp_path: Path) -> None:
    assert release(_sources(tmp_path / "a", "X = 1")) != release(_sources(tmp_path / "b", "X = 2"))


def test_the_sources_of_this_process_are_found(tmp_path: Path) -> None:
    assert release() != release(tmp_path)
