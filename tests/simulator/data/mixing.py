"""Setup and data in one transaction, which Salesforce does not let mix."""

from tests.simulator.data.records import Records
from tests.simulator.errors import refuse
from tests.simulator.setup.permissionable import SETUP


def check_unmixed(records: Records, start: int, latest: int) -> None:
    """Refuse the writes since `latest` when the transaction, begun at `start`, has written the other kind before."""
    original, written = records.written_at(start), records.written_at(latest)
    if original is None or written is None or (original in SETUP) is (written in SETUP):
        return
    message = (
        "DML operation on setup object is not permitted after you have updated a non-setup object (or vice versa): "
        f"{written}, original object: {original}"
    )
    raise refuse("MIXED_DML_OPERATION", message)
