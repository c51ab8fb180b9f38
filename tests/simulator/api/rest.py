"""The data resources: which function answers which path and verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulator.api import collections, layouts, query, sobjects, tooling
from tests.simulator.api.auth import identity_url
from tests.simulator.api.limits import limits
from tests.simulator.control.locks import strike_read
from tests.simulator.errors import Refused, malformed, not_found, rest_errors
from tests.simulator.messages import Answer, Part
from tests.simulator.setup.access import schema_for
from tests.simulator.state import State
from tests.simulator.texts import say

Resource = Callable[[State, Part], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """A path below the version, where * stands for any segment, and its verbs."""

    pattern: tuple[str, ...]
    kind: str
    verbs: Mapping[str, Resource]


def list_resources(state: State, part: Part) -> Answer:
    """List what there is; a client that was given a token alone learns from it whose token that is."""
    names = ("sobjects", "query", "queryAll", "limits", "composite", "tooling")
    identity = identity_url(state, part.user_id, part.headers.get("host", "localhost"))
    return Answer(200, {name: f"{part.root}/{name}" for name in names} | {"identity": identity})


ROUTES = (
    Route((), "resources", {"GET": list_resources}),
    Route(("limits",), "limits", {"GET": limits}),
    Route(("query",), "query", {"GET": query.query}),
    Route(("queryAll",), "query", {"GET": query.query_all}),
    Route(("query", "*"), "query", {"GET": query.query_more}),
    Route(("composite", "sobjects"), "collections", {
        "POST": collections.create_records, "PATCH": collections.update_records, "DELETE": collections.delete_records,
    }),
    Route(("composite", "sobjects", "*"), "collections", {
        "GET": collections.get_records, "POST": collections.get_records,
    }),
    Route(("composite", "sobjects", "*", "*"), "collections", {"PATCH": collections.upsert_records}),
    Route(("sobjects",), "describe", {"GET": sobjects.list_objects}),
    Route(("sobjects", "*"), "record", {"GET": sobjects.about, "POST": sobjects.create_record}),
    Route(("sobjects", "*", "describe"), "describe", {"GET": sobjects.describe_object}),
    Route(("sobjects", "*", "*"), "record", {
        "GET": sobjects.get_record, "PATCH": sobjects.update_record, "DELETE": sobjects.delete_record,
    }),
    Route(("sobjects", "*", "describe", "layouts"), "describe", {"GET": layouts.list_layouts}),
    Route(("sobjects", "*", "*", "*"), "record", {
        "GET": sobjects.get_keyed, "PATCH": sobjects.upsert_record, "DELETE": sobjects.delete_keyed,
    }),
    Route(("sobjects", "*", "describe", "layouts", "*"), "describe", {"GET": layouts.get_layout}),
    Route(("tooling", "query"), "query", {"GET": tooling.query}),
    Route(("tooling", "sobjects"), "tooling", {"GET": tooling.list_objects}),
    Route(("tooling", "sobjects", "CustomField"), "tooling", {"POST": tooling.create}),
    Route(("tooling", "sobjects", "CustomField", "describe"), "tooling", {"GET": tooling.describe_object}),
    Route(("tooling", "sobjects", "CustomField", "*"), "tooling", {
        "GET": tooling.get, "PATCH": tooling.update, "DELETE": tooling.delete,
    }),
)  # fmt: skip


# Every part of a call looks for its route twice: a scan of them all was a fifth of the time of a composite.
BY_LENGTH = {length: [each for each in ROUTES if len(each.pattern) == length] for length in range(6)}


def find_route(path: tuple[str, ...]) -> Route | None:
    return next((route for route in BY_LENGTH.get(len(path), ()) if _fits(route.pattern, path)), None)


def method_not_allowed(method: str, allowed_methods: list[str]) -> Refused:
    message = say("METHOD_NOT_ALLOWED", method=method, allowed=",".join(allowed_methods))
    return malformed("METHOD_NOT_ALLOWED", message, 405)


def allowed(route: Route) -> list[str]:
    """List the verbs of a route: as live orgs say it, what can be read can be asked for by HEAD."""
    return ["HEAD", *route.verbs] if "GET" in route.verbs else [*route.verbs]


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return all(want in {"*", got} for want, got in zip(pattern, path, strict=True))


def perform(state: State, part: Part) -> Answer:
    """Answer one part; a refusal is an answer too, and leaves no trace in the records."""
    savepoint = state.records.savepoint()
    state.visible = schema_for(state, part.user_id)
    try:
        resource = _resource(part)
        if part.method == "GET":
            strike_read(state, part)
        return resource(state, part)
    except Refused as refused:
        state.records.rollback(savepoint)
        return Answer(refused.status, rest_errors(refused.errors))


def _resource(part: Part) -> Resource:
    route = find_route(part.path)
    if route is None:
        raise not_found()
    resource = route.verbs.get(part.method)
    if resource is None:
        raise method_not_allowed(part.method, allowed(route))
    return resource
