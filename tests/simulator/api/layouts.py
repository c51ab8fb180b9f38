"""The layouts of an object: what its record types offer, and layouts in which nothing is laid out."""

from tests.simulator.api.sobjects import find_object
from tests.simulator.errors import not_found
from tests.simulator.messages import Answer, Part
from tests.simulator.setup.layouts import a_layout, describe_layouts
from tests.simulator.setup.record_types import MASTER
from tests.simulator.state import State


def list_layouts(state: State, part: Part) -> Answer:
    sobject = find_object(state, part)
    types = state.record_types.get(sobject.name, {})
    return Answer(200, describe_layouts(sobject, part.root, types, tells=state.settings.layouts_tell_picklists))


def get_layout(state: State, part: Part) -> Answer:
    """Answer the layout of one record type, which says nothing of its picklists."""
    sobject = find_object(state, part)
    if part.path[4] not in {*state.record_types.get(sobject.name, {}), MASTER}:
        raise not_found()
    return Answer(200, a_layout(sobject))
