"""The page for people: the last change of each record, relations by name, calls and faults, whatever the content is."""

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from tests.simulator.faults import Fault, Match
from tests.simulator_tests.api import Api, a_lead, a_part, an_api, an_event

MOST_BYTES = 400_000
VOID = {"meta", "link", "br"}


class Reader(HTMLParser):
    """Reads a page as a browser does: which tags it has, and its text without them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))


def page(api: Api, target: str = "/") -> str:
    reply = api.send("GET", target)
    assert (reply.status, reply.headers["Content-Type"]) == (200, "text/html;charset=UTF-8")
    return str(reply.body, "utf-8")


def text(api: Api) -> str:
    return Reader(page(api)).text


def row(api: Api, row_id: str) -> str:
    found = re.search(f'<tr id="{row_id}".*?</tr>', page(api))
    assert found
    return Reader(found[0]).text


def test_empty_org_has_a_page() -> None:
    shown = text(an_api())
    assert "0 of 100,000 API calls used in 24 hours" in shown
    assert "Lead 0none" in shown
    assert "Faults" not in shown


def test_last_change_is_shown_with_what_was_before_and_by_which_call() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Title="CEO"))
    assert "created by call 2" in row(api, lead)
    api.patch(f"/sobjects/Lead/{lead}", {"Title": "CTO", "Phone": "1", "Company": "Navy"}, Sforce_Auto_Assign="FALSE")
    shown = row(api, lead)
    assert "updated by call 3" in shown
    assert "Title CEO → CTO" in shown
    assert "Phone (empty) → 1" in shown
    assert "Company Navy →" not in shown
    assert 'href="#call-3"' in page(api)
    assert 'id="call-3"' in page(api)


def test_several_writes_of_one_call_are_one_change() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Title="CEO"))
    path = f"/sobjects/Lead/{lead}"
    api.composite(a_part("PATCH", path, "a", {"Title": "CTO"}), a_part("PATCH", path, "b", {"Title": "COO"}))
    assert "Title CEO → COO" in row(api, lead)


def test_undone_writes_are_no_change() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead(Title="CEO"))
    parts = a_part("PATCH", f"/sobjects/Lead/{lead}", "a", {"Title": "CTO"}), a_part("POST", "/sobjects/Lead", "b", {})
    api.composite(*parts, all_or_none=True)
    assert "created by call 2" in row(api, lead)


def test_writes_without_a_difference_say_so() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    api.patch(f"/sobjects/Lead/{lead}", {"Company": "Navy"}, Sforce_Auto_Assign="FALSE")
    assert "nothing but the time" in row(api, lead)


def test_deleted_records_are_marked() -> None:
    api = an_api()
    lead = api.create("Lead", **a_lead())
    api.delete(f"/sobjects/Lead/{lead}")
    assert "deleted by call 3" in row(api, lead)
    assert "Lead 0, 1 deleted" in text(api)
    api.org.undelete([lead])
    assert "undeleted by control" in row(api, lead)
    assert "~" not in row(api, lead)


def test_what_control_does_is_told_from_calls() -> None:
    api = an_api()
    (lead,) = api.org.seed("Lead", [a_lead()])
    assert "created by control" in row(api, lead)


def test_relations_have_names_and_lead_to_records_on_the_page() -> None:
    api = an_api()
    contact = api.create("Contact", FirstName="Ada", LastName="Byron")
    event = api.create("Event", **an_event(WhoId=contact))
    shown = row(api, event)
    assert f"WhoId Ada Byron {contact}" in shown
    assert "owned by Bookforce Integration" in shown
    assert f'<a href="#{contact}">' in page(api)


def test_relations_to_records_that_are_not_on_the_page_are_no_links() -> None:
    api = an_api()
    contact = api.create("Contact", LastName="Byron")
    event = api.create("Event", **an_event(WhoId=contact))
    for number in range(20):
        api.create("Contact", LastName=f"Other {number}")
    assert f"WhoId Byron {contact}" in row(api, event)
    assert f'href="#{contact}"' not in page(api)


def test_calls_show_parts_records_cost_and_errors() -> None:
    api = an_api()
    records = [{"attributes": {"type": "Lead"}, **a_lead()}, {"attributes": {"type": "Lead"}}]
    api.composite(a_part("POST", "/composite/sobjects", "a", {"records": records}), a_part("GET", "/nowhere", "b"))
    api.post("/sobjects/Lead", {})
    api.sign_in(client_secret="wrong")
    shown = {number: Reader(found).text for number, found in re.findall(r'<tr id="call-(\d)"(.*?)</tr>', page(api))}
    assert "2 parts" in shown["2"]
    assert "→ 200 · 2 records REQUIRED_FIELD_MISSING" in shown["2"]
    assert "→ 404 NOT_FOUND" in shown["2"]
    assert shown["2"].endswith("2200 REQUIRED_FIELD_MISSINGNOT_FOUND1")
    assert shown["3"].endswith("1400 REQUIRED_FIELD_MISSING1")
    assert shown["4"].endswith("400 invalid_client0")


def test_composites_of_many_parts_are_cut() -> None:
    api = an_api()
    api.composite(*[a_part("GET", "/limits", f"p{number}") for number in range(25)])
    assert "25 parts" in text(api)
    assert "and 5 more" in text(api)


def test_faults_that_are_set_and_long_requests_that_run_are_shown() -> None:
    api = an_api()
    slow = Fault(effect="latency", latency=timedelta(seconds=20), match=Match(path_contains="/limits", times=2))
    lock = Fault(effect="row_lock", match=Match(object="Lead", method="PATCH", probability=0.5, seed=3))
    refusal = Fault(effect="error", status=403, code="SOME_CODE", match=Match(nth=9))
    api.org.set_faults(slow, lock, refusal)
    api.get("/limits")
    shown = text(api)
    assert "latency · 20 s · path contains /limits · times 2 has struck 1 of 1" in shown
    assert "row_lock · method PATCH · object Lead · probability 0.5, seed 3 has struck 0 of 0" in shown
    assert "error · 403 SOME_CODE · nth 9 has struck 0 of 1" in shown
    assert "1 long requests running" in shown
    assert "fault: latency" in shown


@pytest.mark.parametrize(
    ("target", "seconds"),
    [("/", None), ("/?refresh=5", 5), ("/?refresh=99999", 3600), ("/?refresh=0", None), ("/?refresh=<b>", None)],
)
def test_page_loads_itself_again_when_asked_to(target: str, seconds: int | None) -> None:
    found = re.search(r'http-equiv="refresh" content="(\d+)"', page(an_api(), target))
    assert (int(found[1]) if found else None) == seconds


HOSTILE = (
    "<script>alert(1)</script>",
    "\u202e\u05e9\u05dc\u05d5\u05dd",
    "</td></table><h1>",
    '"><img src=x>',
    "a\x00\x07\x85b",
)


@pytest.mark.parametrize("content", [*HOSTILE, "W" * 32_000, "<" * 32_000])
def test_hostile_content_is_text(content: str) -> None:
    def fill(api: Api, hostile: str) -> None:
        lead = api.create("Lead", **a_lead(Description="before"))
        api.patch(f"/sobjects/Lead/{lead}", {"Description": hostile}, Sforce_Auto_Assign="FALSE")
        api.create("Event", **an_event(Subject=hostile[:255], WhoId=lead))
        api.get(f"/{hostile[:9000]}")
        api.composite(a_part("GET", f"/{hostile}", "a"), a_part(hostile[:99], "/limits", "b"))
        api.org.set_faults(Fault(effect="error", code=hostile, match=Match(path_contains=hostile, object="Lead")))

    tame, wild = Reader(filled(fill, "tame")), Reader(filled(fill, content))
    assert [tag for tag in wild.opened if tag != "bdi"] == [tag for tag in tame.opened if tag != "bdi"]
    assert wild.attributes == tame.attributes
    assert wild.open == []
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", wild.text)
    assert max(len(word) for word in wild.words) < 1_000


def filled(fill: Callable[[Api, str], None], content: str) -> str:
    api = an_api()
    fill(api, content)
    return page(api)


def test_what_is_not_ascii_keeps_its_direction_to_itself() -> None:
    api = an_api()
    api.create("Lead", **a_lead(Company="\u202e\u05e9\u05dc\u05d5\u05dd"))
    assert "<bdi>\u202e\u05e9\u05dc\u05d5\u05dd</bdi>" in page(api)


def test_page_needs_no_script_and_loads_nothing() -> None:
    read = Reader(page(an_api()))
    assert "script" not in read.opened
    assert "src" not in read.attributes


def test_page_has_the_same_size_with_200_000_records() -> None:
    api = an_api()
    api.create("Lead", **a_lead())
    table = api.org.state.records.tables["Lead"]
    row_like_it = next(iter(table.rows.values()))
    table.rows |= dict.fromkeys((f"00Q{number:015}" for number in range(200_000)), row_like_it)
    table.living += 200_000
    for number in range(50):
        api.create("Lead", **a_lead(Description="<" * 32_000, Company=f"Navy {number}"))
    shown = page(api)
    assert "200,051" in shown
    assert len(shown) < MOST_BYTES
