"""What the journal keeps of a plan."""

from rules.plan import Known, New, SObject, Write
from worker.planned import PlannedWrite, plan_json, read_plan

ACCOUNT = New(object=SObject.ACCOUNT, key="lea's bakery")
LEAD = Known(object=SObject.LEAD, id="00Q5e0000000001AAA")


def test_no_value_and_no_key_that_a_customer_typed_is_kept() -> None:
    writes = (Write(record=ACCOUNT, fields={"Name": "Lea's Bakery", "Bookforce_Account_Key__c": "lea's bakery"}),)
    assert "bakery" not in str(plan_json(writes)).casefold()


def test_what_is_read_says_what_was_planned() -> None:
    writes = (
        Write(record=ACCOUNT, fields={"Name": "x", "BillingCity": "y"}),
        Write(record=LEAD, fields={"Phone": "x"}, auto_assign=True),
        Write(record=LEAD, fields={}),
    )
    plan = read_plan(plan_json(writes))
    assert plan == (
        PlannedWrite(object="Account", record_id=None, fields=("BillingCity", "Name"), assignment_rules=False),
        PlannedWrite(object="Lead", record_id=LEAD.id, fields=("Phone",), assignment_rules=True),
        PlannedWrite(object="Lead", record_id=LEAD.id, fields=(), assignment_rules=False),
    )
    assert [write.action for write in plan] == ["create", "update", "update"]


def test_an_end_of_an_older_version_has_no_plan() -> None:
    assert read_plan(None) == ()
