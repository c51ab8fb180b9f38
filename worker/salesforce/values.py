"""Reading the values that a preview shows as old."""

from collections.abc import Mapping

from rules.plan import Scalar, SObject
from rules.preview import Wanted
from worker.salesforce.queries import Query, run_queries
from worker.salesforce.session import SalesforceSession
from worker.salesforce.soql import select

# As many as a batch has of an object: the text of the query stays far below Salesforce's 100,000 characters.
_IDS_A_QUERY = 200


def read_values(session: SalesforceSession, wanted: Mapping[SObject, Wanted]) -> dict[str, dict[str, Scalar]]:
    """The values by the first 15 characters of the id, in one API call for each 200 records of an object.

    Records that are not there any more are left out. Raises SyncError.
    """
    values: dict[str, dict[str, Scalar]] = {}
    for start in range(0, max((len(want.ids) for want in wanted.values()), default=0), _IDS_A_QUERY):
        queries = {
            obj: Query(soql=select(("Id", *want.fields), obj, {"Id": ids}))
            for obj, want in wanted.items()
            if (ids := want.ids[start : start + _IDS_A_QUERY])
        }
        for obj, rows in run_queries(session, queries).items():
            values |= {row["Id"][:15]: {name: row[name] for name in wanted[obj].fields} for row in rows}
    return values
