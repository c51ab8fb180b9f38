"""`python -m tests.demo.picture FILE.png`: the end of a real run of the demo as a terminal shows it."""

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from tests.browser import running_browser

_COLUMNS, _LINES = 118, 46

# Rich names fonts of a server elsewhere; what the machine has will do.
_FONTS = re.compile(r"@font-face \{.*?\}", re.DOTALL)


def main() -> int:
    """The demo's own exit code; the picture is taken where it is 0."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo.picture", description=__doc__)
    parser.add_argument("file", type=Path, help="the PNG to write")
    file = parser.parse_args().file
    with tempfile.TemporaryDirectory() as folder:
        done = _run_demo(Path(folder) / "demo")
        if done.returncode:
            sys.stderr.write(done.stdout)
            return done.returncode
        _take(_svg(done.stdout.split("\nLogs: ")[0].splitlines()[-_LINES:]), file, Path(folder))
    return 0


def _run_demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "tests.demo", "--folder", str(folder)],
        env={**os.environ, "COLUMNS": str(_COLUMNS), "FORCE_COLOR": "1", "KEEP": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _svg(lines: list[str]) -> str:
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    for line in lines:
        console.print(Text.from_ansi(line), soft_wrap=True)
    return _FONTS.sub("", console.export_svg(title="make demo", theme=MONOKAI))


def _take(svg: str, file: Path, folder: Path) -> None:
    with running_browser(folder) as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900}, device_scale_factor=1.25)
        page.set_content(f'<body style="margin:0;width:1300px">{svg}</body>')
        page.locator("svg").first.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main())
