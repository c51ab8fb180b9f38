"""Quick dataclasses are the frozen ones that they were, made faster."""

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from rules.quick import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """All kinds of fields."""

    name: str
    seats: int = 1
    wishes: dict[str, str] = field(default_factory=dict)


@quick
@dataclass(frozen=True, slots=True)
class Pair:
    """Made by position."""

    one: int
    other: int = 2


def test_fields_come_from_arguments_and_defaults() -> None:
    assert (Guest(name="Ada").seats, Guest(name="Ada", seats=3).seats) == (1, 3)
    assert (Pair(1).other, Pair(1, 3).other, Pair(one=4).one) == (2, 3, 4)


def test_each_has_its_own_made_default() -> None:
    assert Guest(name="Ada").wishes is not Guest(name="Ada").wishes
    assert Guest(name="Ada", wishes={"tea": "yes"}).wishes == {"tea": "yes"}


def test_what_is_required_is_required() -> None:
    with pytest.raises(TypeError, match="name"):
        Guest()  # type: ignore[call-arg]  # what is tested


def test_it_stays_frozen_and_equal_by_value() -> None:
    ada = Guest(name="Ada")
    with pytest.raises(FrozenInstanceError):
        ada.seats = 2  # type: ignore[misc]  # what is tested
    assert replace(ada, seats=2) == Guest(name="Ada", seats=2) != ada
    assert repr(Pair(1)) == "Pair(one=1, other=2)"
