import pytest

from producers.contract import Named
from rules.pages import page_rules
from tests.builders import a_booking, a_setup

PAGE = Named(id="BP-1", name="Sales", label="Sales, north", url="https://book.example/sales")
TYPE, MASTER = Named(id="ET-1", name="Demo"), Named(id="MP-1")


@pytest.mark.parametrize(
    ("known", "chosen"),
    [
        pytest.param(("BP-1", "Sales", "ET-1", "MP-1"), "BP-1", id="page by id"),
        pytest.param(("Sales, north", "ET-1"), "Sales, north", id="page by label"),
        pytest.param(("https://book.example/sales", "ET-1"), "https://book.example/sales", id="page by link"),
        pytest.param(("Sales", "ET-1", "MP-1"), "Sales", id="page by name"),
        pytest.param(("ET-1", "MP-1"), "ET-1", id="event type"),
        pytest.param(("Demo", "MP-1"), "Demo", id="event type by name"),
        pytest.param(("MP-1",), "MP-1", id="master page"),
        pytest.param(("BP-2",), "default", id="none of them"),
    ],
)
def test_the_most_particular_settings_of_a_booking_count(known: tuple[str, ...], chosen: str) -> None:
    default = a_setup().pages["default"].model_dump()
    setup = a_setup(pages={name: default | {"record_types": {"Lead": name}} for name in (*known, "default")})
    booking = a_booking(page=PAGE, event_type=TYPE, master_page=MASTER)
    assert page_rules(booking, setup) == setup.pages[chosen]


def test_a_booking_without_a_page_has_the_default_settings() -> None:
    setup = a_setup()
    assert page_rules(a_booking(), setup) == setup.pages["default"]
