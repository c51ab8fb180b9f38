"""What the setup stages find."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rules.describe import ObjectSpec
from rules.plan import SObject

Objects = Mapping[SObject, ObjectSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something the admin should know, and what to do about it. An error keeps the stage from being ready."""

    level: Literal["error", "warning"]
    message: str
    advice: str
