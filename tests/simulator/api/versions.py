"""Which API versions the org speaks."""

import re

from tests.simulator.errors import Error, Refused, not_found
from tests.simulator.settings import Settings
from tests.simulator.texts import say

VERSION = re.compile(r"v([0-9]{2})\.0")
RETIRED = re.compile(r"v([0-9]{1,2})\.0")
SEASONS = ("Spring", "Summer", "Winter")
FIRST_KNOWN, FIRST_YEAR = 63, 2025


def find_version(settings: Settings, segments: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Split /services/data/vXX.0/rest into version and rest; the version is None where this org has none such."""
    if len(segments) < 3 or segments[:2] != ("services", "data"):
        return None, ()
    named = VERSION.fullmatch(segments[2])
    if named is None or not settings.oldest_version <= int(named[1]) <= settings.newest_version:
        return None, ()
    return f"{named[1]}.0", segments[3:]


def no_version(settings: Settings, segments: tuple[str, ...]) -> Refused:
    """Refuse a path without a version of this org: 410 for one that has been retired, 404 for everything else."""
    named = RETIRED.fullmatch(segments[2]) if len(segments) > 2 and segments[:2] == ("services", "data") else None
    if named is not None and int(named[1]) < settings.oldest_version:
        return Refused(410, Error("GONE", say("GONE", version=f"{named[1]}.0"), None))
    return not_found()


def list_versions(settings: Settings) -> list[dict[str, str]]:
    numbers = range(settings.oldest_version, settings.newest_version + 1)
    return [{"label": label(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in numbers]


def label(number: int) -> str:
    """Name the release of a version: three a year, the winter one named after the year to come."""
    years, season = divmod(number - FIRST_KNOWN, len(SEASONS))
    year = (FIRST_YEAR + years + (SEASONS[season] == "Winter")) % 100
    return f"{SEASONS[season]} '{year:02}"
