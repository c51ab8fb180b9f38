"""What `setup install` plans: look at each thing, do what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.describe import ObjectSpec
from rules.findings import Finding
from rules.installing import (
    AssignPermissionSet,
    CreateField,
    CreatePermissionSet,
    Grant,
    GrantField,
    InstallPlan,
    OwnField,
    Present,
    Step,
    plan_install,
    right_for,
)
from rules.plan import SObject
from tests.builders import a_field, a_ruleset, objects

SHIPPED = a_ruleset().installation
KEY, ACCOUNT_KEY = "Bookforce_Booking_Id__c", "Bookforce_Account_Key__c"
STATUS, REASON = "ScheduleOnce__Event_status__c", "ScheduleOnce__Cancel_reschedule_reason__c"
OWN = {KEY, ACCOUNT_KEY, STATUS, REASON}

CREATED = (
    f"Account.{ACCOUNT_KEY}",
    f"Lead.{KEY}",
    f"Contact.{KEY}",
    f"Case.{KEY}",
    f"Activity.{KEY}",
    "Activity.Event_status__c",
    "Activity.Cancel_reschedule_reason__c",
)
GRANTED = (
    f"Account.{ACCOUNT_KEY}",
    f"Lead.{KEY}",
    f"Contact.{KEY}",
    f"Case.{KEY}",
    f"Event.{KEY}",
    f"Task.{KEY}",
    "Event.Event_status__c",
    "Task.Event_status__c",
    "Event.Cancel_reschedule_reason__c",
    "Task.Cancel_reschedule_reason__c",
)


def bare() -> dict[SObject, ObjectSpec]:
    """The five objects without any field of ours, as an API user sees them who may not see those either."""
    return {
        obj: replace(spec, fields={name: field for name, field in spec.fields.items() if name not in OWN})
        for obj, spec in objects().items()
    }


def plan(org: dict[SObject, ObjectSpec] | None = None, names: Any = SHIPPED, **present: Any) -> InstallPlan:
    return plan_install(names, bare() if org is None else org, Present(**{"fields": frozenset()} | present))


def texts(steps: InstallPlan) -> list[str]:
    return [str(step) for step in steps.steps]


def test_an_org_with_nothing_gets_fields_permission_set_grants_and_assignment_in_this_order() -> None:
    steps = plan()
    assert texts(steps) == [
        *(f"field {name}" for name in CREATED),
        "permission set Bookforce",
        *(f"permission to edit {name}" for name in GRANTED),
        "permission set Bookforce for the API user",
    ]
    assert (steps.there, steps.problems, steps.permission_set) == ((), (), None)


def test_fields_are_made_as_keys_or_as_texts() -> None:
    made = {step.field.full_name: step.field for step in plan().steps if isinstance(step, CreateField)}
    assert made[f"Activity.{KEY}"] == OwnField(home="Activity", name=KEY, is_key=True, case_sensitive=True)
    assert made[f"Account.{ACCOUNT_KEY}"] == OwnField(home="Account", name=ACCOUNT_KEY, is_key=True)
    assert made["Activity.Event_status__c"] == OwnField(home="Activity", name="Event_status__c")
    assert {field.length for field in made.values()} == {255}
    assert made[f"Activity.{KEY}"].label == "Bookforce Booking Id"


def test_the_label_is_no_longer_than_salesforce_takes() -> None:
    assert len(OwnField(home="Lead", name=f"{'Long_' * 9}Name__c").label) == 40


def test_where_all_is_done_nothing_is_to_be_done() -> None:
    grants = {name: Grant(id="0PX1", edit=True) for name in GRANTED}
    done = plan(fields=frozenset(CREATED), permission_set="0PS1", grants=grants, is_assigned=True)
    assert done.steps == ()
    assert len(done.there) == len(CREATED) + 1 + len(GRANTED) + 1
    assert done.permission_set == "0PS1"


def test_fields_that_the_api_user_can_edit_anyway_need_no_permission_set() -> None:
    steps = plan(objects())
    assert steps.steps == ()
    assert [str(name) for name in steps.there] == [
        f"field Account.{ACCOUNT_KEY}",
        *(f"field {obj}.{KEY}" for obj in ("Lead", "Contact", "Case", "Activity")),
        f"field Activity.{STATUS}",
        f"field Activity.{REASON}",
    ]


@pytest.mark.parametrize(
    ("present", "steps"),
    [
        pytest.param(
            {"permission_set": "0PS1", "is_assigned": True},
            [GrantField(name=name) for name in GRANTED],
            id="grants are missing",
        ),
        pytest.param(
            {
                "permission_set": "0PS1",
                "is_assigned": True,
                "grants": {name: Grant(id="0PX1", edit=name != f"Lead.{KEY}") for name in GRANTED},
            },
            [GrantField(name=f"Lead.{KEY}", existing="0PX1")],
            id="a grant without edit is changed",
        ),
        pytest.param(
            {"permission_set": "0PS1", "grants": {name: Grant(id="0PX1", edit=True) for name in GRANTED}},
            [AssignPermissionSet()],
            id="the assignment is missing",
        ),
        pytest.param(
            {},
            [CreatePermissionSet(), *(GrantField(name=name) for name in GRANTED), AssignPermissionSet()],
            id="fields are there, but nobody sees them",
        ),
    ],
)
def test_an_installation_that_broke_off_is_gone_on_with(present: dict[str, Any], steps: list[object]) -> None:
    assert list(plan(fields=frozenset(CREATED), **present).steps) == steps


def after(present: Present, steps: Sequence[Step]) -> Present:
    """The org when these steps have been taken."""
    for step in steps:
        match step:
            case CreateField(field=own):
                present = replace(present, fields=present.fields | {own.full_name})
            case CreatePermissionSet():
                present = replace(present, permission_set="0PS1")
            case GrantField(name=name):
                present = replace(present, grants={**present.grants, name: Grant(id="0PX1", edit=True)})
            case AssignPermissionSet():
                present = replace(present, is_assigned=True)
    return present


@given(st.frozensets(st.sampled_from(CREATED)), st.integers(0, 20))
def test_the_next_run_goes_on_where_one_broke_off(there: frozenset[str], taken: int) -> None:
    start = Present(fields=there)
    first = plan_install(SHIPPED, bare(), start)
    again = plan_install(SHIPPED, bare(), after(start, first.steps[:taken]))
    assert [str(step) for step in again.steps] == [str(step) for step in first.steps[taken:]]
    assert plan_install(SHIPPED, bare(), after(start, first.steps)).steps == ()


def test_a_field_that_is_seen_and_read_only_is_granted() -> None:
    org = objects()
    fields = {**org[SObject.LEAD].fields, KEY: replace(org[SObject.LEAD].fields[KEY], updateable=False)}
    org[SObject.LEAD] = replace(org[SObject.LEAD], fields=fields)
    assert GrantField(name=f"Lead.{KEY}") in plan(org).steps


def test_the_packages_fields_are_used_where_the_org_has_them_although_nobody_sees_them() -> None:
    steps = plan(fields=frozenset({f"Activity.{STATUS}"}))
    assert f"permission to edit Event.{STATUS}" in texts(steps)
    assert "field Activity.Event_status__c" not in texts(steps)


def test_a_field_of_another_object_is_not_ours() -> None:
    assert f"field Activity.{KEY}" in texts(plan(fields=frozenset({f"Lead.{KEY}"})))


@pytest.mark.parametrize(
    ("changes", "level", "field"),
    [
        ({"event_status": STATUS}, "warning", f"Event.{STATUS}"),
        ({"event_status": "Type2"}, "warning", "Event.Type2"),
        ({"account_key": "Vendor__Key__c"}, "error", "Account.Vendor__Key__c"),
    ],
)
def test_what_only_a_package_can_bring_is_named(changes: dict[str, str], level: Any, field: str) -> None:
    steps = plan(names=a_ruleset(installation=changes).installation)
    assert steps.problems == (
        Finding(
            level=level,
            message=f"{field}: missing, and only its package can bring it",
            advice="install the package, or name a custom field without a namespace under [installation]",
        ),
    )


def test_a_field_of_the_wrong_kind_is_named_and_not_changed() -> None:
    org = objects(Lead=(a_field(KEY, length=18),))
    steps = plan(org)
    assert steps.steps == ()
    assert [problem.message for problem in steps.problems] == [f"Lead.{KEY} is not a unique external id"]


def test_every_step_names_the_right_that_it_needs() -> None:
    assert {(step.verb, right_for(step)) for step in plan().steps} == {
        ("create", "Customize Application"),
        ("create", "Manage Profiles and Permission Sets"),
        ("grant", "Manage Profiles and Permission Sets"),
        ("assign", "Assign Permission Sets"),
    }
