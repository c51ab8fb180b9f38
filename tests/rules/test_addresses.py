from dataclasses import replace
from typing import Any

import pytest

from producers.contract import Kind
from rules.addresses import code_field, in_country, uprooted, without_strangers
from rules.converted import Converted
from rules.describe import Choice
from rules.mapping import map_fields
from rules.plan import SObject, Warned
from rules.ready import CompiledRow, ObjectMapping
from rules.updating import changes_of_existing, changes_since
from tests.builders import a_field, a_setup, a_state, a_work, an_event

STATE = a_field(
    "StateCode",
    "picklist",
    controller="CountryCode",
    choices=(
        Choice(value="CA", label="California", valid_for=("US",)),
        Choice(value="VLI", label="Limburg", valid_for=("BE",)),
        Choice(value="LI", label="Limburg", valid_for=("NL",)),
    ),
)
COUNTRY = a_field(
    "CountryCode",
    "picklist",
    restricted=True,
    choices=(Choice(value="US", label="United States"), Choice(value="BE", label="Belgium"), Choice(value="NL")),
)
ROWS = (
    CompiledRow(booking="customer_country", field=COUNTRY),
    CompiledRow(booking="customer_state", field=STATE, country="CountryCode"),
)
ALONE = "left out: Salesforce takes no state without a country"
NO_STATE = "left out: not a value of the restricted picklist"


def test_the_code_is_found_beside_the_name() -> None:
    fields = {"StateCode": STATE, "CountryCode": a_field("CountryCode")}
    assert code_field(a_field("State"), fields) == STATE
    assert code_field(a_field("Country"), fields) is None
    assert code_field(a_field("MailingState"), fields) is None


@pytest.mark.parametrize(
    ("state", "country", "converted"),
    [
        pytest.param("California", "US", Converted("CA"), id="name"),
        pytest.param("ca", "US", Converted("CA"), id="code"),
        pytest.param("Limburg", "BE", Converted("VLI"), id="the one of two of this name"),
        pytest.param("Limburg", "NL", Converted("LI"), id="the other"),
        pytest.param("California", "BE", Converted(None, NO_STATE), id="of another country"),
        pytest.param(
            "California",
            None,
            Converted(None, "left out: Salesforce takes no state without a country"),
            id="no country",
        ),
        pytest.param(None, None, Converted(None), id="no state"),
        pytest.param("", "US", Converted(None), id="empty"),
    ],
)
def test_states_are_those_of_their_country(state: str | None, country: str | None, converted: Converted) -> None:
    assert in_country(state, STATE, country) == converted


@pytest.mark.parametrize(
    ("answers", "fields", "lost"),
    [
        ({"State": "California", "Country": "united states"}, {"CountryCode": "US", "StateCode": "CA"}, []),
        ({"State": "California", "Country": "Utopia"}, {}, ["CountryCode", "StateCode"]),
        ({"State": "Utopia", "Country": "US"}, {"CountryCode": "US"}, ["StateCode"]),
        ({"Country": "NL"}, {"CountryCode": "NL"}, []),
    ],
)
def test_names_that_customers_write_become_codes(
    answers: dict[str, str], fields: dict[str, Any], lost: list[str]
) -> None:
    values = map_fields(ROWS, SObject.LEAD, a_state(answers=answers), a_setup())
    assert values.fields == fields
    assert [warning.field for warning in values.warnings] == lost
    assert all(isinstance(warning, Warned) for warning in values.warnings)


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        pytest.param({}, {"CountryCode": "US", "StateCode": "CA"}, id="both empty"),
        pytest.param({"CountryCode": "US"}, {"StateCode": "CA"}, id="the same country"),
        pytest.param({"CountryCode": "NL"}, {}, id="another country"),
    ],
)
def test_no_state_is_filled_beside_another_country(there: dict[str, Any], kept: dict[str, Any]) -> None:
    said: dict[str, Any] = {"CountryCode": "US", "StateCode": "CA"}
    fillable = {name: value for name, value in said.items() if name not in there}
    assert without_strangers(fillable, said, there, ROWS) == kept


IN_CALIFORNIA = {"CountryCode": "US", "StateCode": "CA"}


@pytest.mark.parametrize(
    ("wanted", "there", "countries"),
    [
        pytest.param({"CountryCode": "NL"}, IN_CALIFORNIA, {"CountryCode"}, id="its state is of another country"),
        pytest.param({"CountryCode": "NL"}, {"CountryCode": "US"}, set(), id="it has no state"),
        pytest.param({"CountryCode": "US"}, IN_CALIFORNIA, set(), id="the same country"),
        pytest.param({"CountryCode": "US"}, {"StateCode": "CA"}, set(), id="the country of its state"),
        pytest.param({"CountryCode": "NL", "StateCode": "LI"}, IN_CALIFORNIA, set(), id="with a state of its own"),
        pytest.param({}, IN_CALIFORNIA, set(), id="no country"),
    ],
)
def test_no_record_is_left_with_a_state_of_another_country(
    wanted: dict[str, Any], there: dict[str, Any], countries: set[str]
) -> None:
    assert uprooted(wanted, there, ROWS) == countries


AMERICAN = an_event(answers={"Country": "US", "State": "CA"})
DUTCH = an_event(Kind.RESCHEDULED, minute=1, answers={"Country": "NL"})


def answering(*said: tuple[str, str]) -> Any:
    """Events that name a country and a state, or leave one out."""
    return [
        an_event(Kind.RESCHEDULED, minute=n, answers={"Country": country, "State": state})
        for n, (country, state) in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "held"),
    [
        ([("US", "CA"), ("NL", "")], {"CountryCode": "US", "StateCode": "CA"}),
        ([("US", ""), ("NL", "")], {"CountryCode": "NL"}),
        ([("US", "CA"), ("NL", ""), ("BE", "Limburg")], {"CountryCode": "BE", "StateCode": "VLI"}),
        ([("US", "CA"), ("NL", "Limburg")], {"CountryCode": "NL", "StateCode": "LI"}),
        ([("US", "CA"), ("NL", ""), ("", "Limburg")], {"CountryCode": "NL", "StateCode": "LI"}),
        ([("US", "CA"), ("NL", "Utopia"), ("US", "Utopia")], {"CountryCode": "US", "StateCode": "CA"}),
        ([("US", "CA"), ("Utopia", "Utopia")], {"CountryCode": "US", "StateCode": "CA"}),
        ([("", "CA"), ("", "Limburg")], {}),
    ],
)
def test_events_together_leave_the_address_that_they_leave_one_by_one(
    said: list[tuple[str, str]], held: dict[str, Any]
) -> None:
    setup = replace(a_setup(), mapping={SObject.LEAD: ObjectMapping(customer=ROWS)})
    events = answering(*said)
    there: dict[str, Any] = {}
    for n, event in enumerate(events):
        prior = a_state(*events[:n]) if n else None
        work = a_work(*events[: n + 1], prior=prior)
        if prior:
            there |= changes_since(SObject.LEAD, work, prior, None, setup).fields
        else:
            there |= changes_of_existing(SObject.LEAD, a_work(event), {}, "override", setup).fields
    assert there == held
    assert map_fields(ROWS, SObject.LEAD, a_state(*events), setup).fields == held


def test_a_state_alone_is_mapped_to_nothing_however_often_it_is_said() -> None:
    values = map_fields(ROWS[1:], SObject.LEAD, a_state(*answering(("US", "CA"), ("US", "CA"))), a_setup())
    assert values.fields == {}


@pytest.mark.parametrize("is_known", [True, False], ids=["known from earlier events", "met now"])
def test_a_country_that_the_records_state_is_not_in_is_left_out_and_told(is_known: bool) -> None:
    setup = replace(a_setup(), mapping={SObject.LEAD: ObjectMapping(customer=ROWS)})
    if is_known:
        work = a_work(AMERICAN, DUTCH, prior=a_state(AMERICAN))
        changes = changes_since(SObject.LEAD, work, a_state(AMERICAN), None, setup)
    else:
        changes = changes_of_existing(SObject.LEAD, a_work(DUTCH), IN_CALIFORNIA, "override", setup)
    assert changes.fields == {}
    assert ("CountryCode", "VALUE_LOST") in [(warning.field, warning.code) for warning in changes.warnings]
