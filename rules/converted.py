"""What a conversion comes to."""

from dataclasses import dataclass

from rules.plan import ByKey, Scalar
from rules.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Converted:
    """The value to send, None for nothing; and what the admin should know of what was lost, else empty.

    `code` is what the warning is filed under.
    """

    value: Scalar | ByKey
    warning: str = ""
    code: str = "VALUE_LOST"
