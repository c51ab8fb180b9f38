"""Installing in an org that changes between looking and acting, or that lacks this and that."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.installing import AssignPermissionSet, CreateField, CreatePermissionSet, GrantField
from rules.ruleset import InstallationNames
from tests.builders import a_ruleset
from tests.rig import Rig
from tests.simulator.faults import Fault, Match
from tests.simulator.org import Org
from tests.simulator.server import serve
from tests.simulator.settings import CustomField, Settings
from worker.errors import Drifted
from worker.install import Installer, explain_reading

NAMES: InstallationNames = a_ruleset().installation
KEY = "Bookforce_Booking_Id__c"


@pytest.fixture
def bare(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A rig with a bare org of its own."""
    with serve(Org(Settings(custom_fields=()))) as running:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_file))
        rig = Rig(redis_url, running, tmp_path)
        yield rig
        rig.close()


def installer(rig: Rig) -> Installer:
    return Installer(rig.here.tools.session)


def install(rig: Rig) -> list[str]:
    """Everything that is missing; the steps that were taken."""
    own = installer(rig)
    taken = list(own.take_all(own.plan(NAMES)))
    assert [each.problem for each in taken if each.problem] == []
    return [str(each.step) for each in taken]


def test_looking_costs_three_calls_and_each_step_one(bare: Rig) -> None:
    own = installer(bare)
    plan = own.plan(NAMES)
    assert bare.calls == 3
    taken = list(own.take_all(plan))
    assert bare.calls == 3 + len(plan.steps) == 3 + len(taken)


def test_what_somebody_else_did_since_the_plan_is_done(bare: Rig) -> None:
    first, second = installer(bare), installer(bare)
    plan = first.plan(NAMES)
    fields = [step for step in second.plan(NAMES).steps if isinstance(step, CreateField)]
    assert [second.take(step).problem for step in fields] == [None] * len(fields)
    assert [taken.problem for taken in first.take_all(plan)] == [None] * len(plan.steps)
    bare.make_ready()


def test_a_permission_set_that_somebody_else_made_since_the_plan_is_used(bare: Rig) -> None:
    first, second = installer(bare), installer(bare)
    plan = first.plan(NAMES)
    second.plan(NAMES)
    assert second.take(CreatePermissionSet()).problem is None
    assert [taken.problem for taken in first.take_all(plan)] == [None] * len(plan.steps)
    assert [row["Name"] for row in bare.org.records("PermissionSet")].count("Bookforce") == 1
    bare.make_ready()


def test_a_name_that_is_taken_by_what_nobody_sees_is_said(bare: Rig) -> None:
    bare.org.set_faults(
        Fault(
            effect="error",
            match=Match(path_contains="sobjects/PermissionSet"),
            status=400,
            code="DUPLICATE_DEVELOPER_NAME",
            message="The developer name you entered is already in use",
        )
    )
    own = installer(bare)
    *_, last = own.take_all(own.plan(NAMES))
    assert last.problem
    assert "permission set Bookforce: The developer name" in last.problem.message


def test_a_grant_that_does_not_let_edit_is_widened(bare: Rig) -> None:
    install(bare)
    rows = bare.org.records("FieldPermissions")
    grant = next(str(row["Id"]) for row in rows if row["Field"] == f"Lead.{KEY}")
    bare.change_record("FieldPermissions", grant, PermissionsEdit=False)
    assert "Lead.Bookforce_Booking_Id__c is read-only" in bare.here.setup.run_all()[-1].findings[0].message
    assert installer(bare).plan(NAMES).steps == (GrantField(name=f"Lead.{KEY}", existing=grant),)
    assert install(bare) == [f"permission to edit Lead.{KEY}"]
    bare.make_ready()


def test_a_lost_assignment_is_given_again(bare: Rig) -> None:
    install(bare)
    (assignment,) = bare.org.records("PermissionSetAssignment")
    stored = bare.org.state.records
    stored.put("PermissionSetAssignment", str(assignment["Id"]), None)
    stored.commit()
    assert installer(bare).plan(NAMES).steps == (AssignPermissionSet(),)
    install(bare)
    bare.make_ready()


def test_the_packages_fields_are_used_where_they_are(bare: Rig) -> None:
    packaged = CustomField(object="Activity", name="ScheduleOnce__Event_status__c", label="Event status", by_grant=True)
    bare.org.create_field(packaged)
    assert "field Activity.Event_status__c" not in install(bare)
    bare.make_ready()
    ready = bare.here.ready()
    assert ready
    assert ready.installation.event_status == "ScheduleOnce__Event_status__c"
    assert ready.installation.cancel_reschedule_reason == "Cancel_reschedule_reason__c"


def test_an_org_whose_setup_cannot_be_seen_has_the_right_named(bare: Rig) -> None:
    refusal = Fault(
        effect="error", match=Match(path_contains="tooling/query"), status=403, code="INSUFFICIENT_ACCESS", message="no"
    )
    bare.org.set_faults(refusal)
    with pytest.raises(Drifted) as caught:
        installer(bare).plan(NAMES)
    assert "lacks the right 'View Setup and Configuration'" in explain_reading(caught.value).message


def test_a_step_that_fails_for_another_reason_says_so_and_ends_it(bare: Rig) -> None:
    refusal = Fault(
        effect="error",
        match=Match(path_contains="tooling/sobjects"),
        status=400,
        code="FIELD_INTEGRITY_EXCEPTION",
        message="You have reached the maximum number of custom fields",
    )
    bare.org.set_faults(refusal)
    own = installer(bare)
    (taken,) = own.take_all(own.plan(NAMES))
    assert taken.problem
    assert taken.problem.message == (
        "field Account.Bookforce_Account_Key__c: You have reached the maximum number of custom fields"
    )
