"""Whatever is sent and whatever fault strikes: what failed left no trace, and what reported success is there."""

import copy
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.simulator.faults import Effect, Fault, Match
from tests.simulator.messages import Request, Response
from tests.simulator_tests.api import NO_RULES, ROOT, an_api
from tests.simulator_tests.drafts import (
    BOOKINGS,
    DRAFT,
    FATES,
    MAILS,
    OBJECTS,
    REFUSED,
    SKETCH,
    STOCK,
    TROUBLE,
    UNKNOWN_IDS,
    VERB,
    Draft,
    Parent,
    Sketch,
    Trouble,
)
from tests.simulator_tests.world import LOCKED, World, repeated
from tests.simulator_tests.writes import KEYS, Claim, Part, Verb, Write, was_halted


class Atomicity(RuleBasedStateMachine):
    """Sends requests, lets faults strike them, and compares the org with the model after each."""

    @initialize()
    def begin(self) -> None:
        self.api = an_api()
        self.world = World()
        self.trouble = Trouble()
        self.cost = 0
        self.before = self.content()
        for name, values in STOCK.items():
            self.send_part(Part(tuple(Write("create", name, each) for each in values), collection=True))

    def content(self) -> dict[str, dict[str, Any]]:
        return {str(row["Id"]): row for name in OBJECTS for row in self.api.org.records(name)}

    # What is sent.

    @rule(verb=VERB, draft=DRAFT, trouble=TROUBLE)
    def write_one(self, verb: Verb, draft: Draft, trouble: Trouble) -> None:
        self.arm(trouble)
        self.send_part(Part((self.a_write(verb, draft, single=True),)))

    @rule(sketch=SKETCH, trouble=TROUBLE)
    def write_many(self, sketch: Sketch, trouble: Trouble) -> None:
        verb, listed, all_or_none, _ = sketch
        self.arm(trouble)
        self.send_part(self.a_collection(verb, listed, all_or_none))

    @rule(sketches=st.lists(st.none() | SKETCH, min_size=1, max_size=5), all_or_none=st.booleans(), trouble=TROUBLE)
    def write_composite(self, sketches: list[Sketch | None], all_or_none: bool, trouble: Trouble) -> None:
        self.arm(trouble)
        self.send_composite([self.a_part(sketch) for sketch in sketches], all_or_none)

    def a_part(self, sketch: Sketch | None) -> Part:
        if sketch is None:
            return Part()
        verb, listed, all_or_none, together = sketch
        if together:
            return self.a_collection(verb, listed, all_or_none)
        return Part((self.a_write(verb, listed[0], single=True),))

    def a_collection(self, verb: Verb, listed: list[Draft], all_or_none: bool) -> Part:
        alike = [draft for draft in listed if draft.object == listed[0].object] if verb == "upsert" else listed
        return Part(tuple(self.a_write(verb, draft) for draft in alike), collection=True, all_or_none=all_or_none)

    def a_write(self, verb: Verb, draft: Draft, *, single: bool = False) -> Write:
        fields = {name: value for name, value in draft.fields.items() if verb != "upsert" or name != KEYS[draft.object]}
        fields |= self.a_parent(draft.parent)
        # The key of a single upsert stands in its path, where it cannot be empty.
        key = (draft.key or ("k-6" if single else "")) if verb == "upsert" else ""
        if verb in {"create", "upsert"}:
            return Write(verb, draft.object, fields, key=key)
        row_id = self.pick(draft.object, draft.pick)
        if verb == "delete" and not single and row_id in self.world.things:
            return Write(verb, self.world.things[row_id].object, id=row_id)  # such a collection names no object
        return Write(verb, draft.object, fields if verb == "update" else {}, id=row_id)

    def a_parent(self, parent: Parent | None) -> dict[str, Any]:
        if parent is None:
            return {}
        how, value = parent
        if how == "key":
            return {"Account": {KEYS["Account"]: value}}
        return {"AccountId": self.pick("Account", value) if how == "id" else f"@{{p{value}.id}}"}

    def pick(self, object_name: str, number: int) -> str:
        """Name a record, living or deleted; now and then one of another object, or one that never was."""
        own = [row_id for row_id, thing in self.world.things.items() if thing.object == object_name]
        others = [row_id for row_id, thing in self.world.things.items() if thing.object != object_name]
        choices = [*own, *own, *own, UNKNOWN_IDS[object_name], *others[:1]]
        return choices[number % len(choices)]

    # What goes wrong.

    def arm(self, trouble: Trouble) -> None:
        self.trouble = trouble
        faults = []
        if trouble.effect not in {None, "daily_limit", "no_session"}:
            effect, match = cast("Effect", trouble.effect), Match(path_contains="/services/data")
            faults.append(Fault(effect=effect, match=match, latency=timedelta(seconds=1)))
        if trouble.locked is not None:
            match = Match(object=trouble.locked[0], nth=trouble.locked[1])
            faults.append(Fault(effect="row_lock", match=match))
        self.api.org.set_faults(*faults)
        if trouble.effect == "daily_limit":
            self.api.org.change(daily_limit=self.cost)
        if trouble.effect == "no_session":
            self.api.org.expire_sessions()

    def heal(self) -> None:
        self.arm(Trouble())
        self.api.org.change(daily_limit=100_000)
        self.api.token = self.api.sign_in().body["access_token"]

    # What must be true.

    def send_part(self, part: Part) -> None:
        body = self.performed(part.request())
        if body is not None:
            claims = part.claims(*body)
            self.check_locks(claims)
            self.settle(self.world.after(part, claims, {}), performed=True)

    def send_composite(self, parts: list[Part], all_or_none: bool) -> None:
        requests = [part.request() for part in parts]
        listed = [
            {"method": method, "url": ROOT + path, "referenceId": f"p{number}"}
            | ({"body": body} if body is not None else {})
            for number, (method, path, body) in enumerate(requests)
        ]
        answer = self.performed(("POST", "/composite", {"allOrNone": all_or_none, "compositeRequest": listed}))
        if answer is None:
            return
        answers = [(each["httpStatusCode"], each["body"]) for each in answer[1]["compositeResponse"]]
        if all_or_none and any(part.failed(*answer) for part, answer in zip(parts, answers, strict=True)):
            self.check_rollback(parts, answers)
            self.settle(self.world, performed=True)
        else:
            self.settle(self.follow(parts, answers), performed=True)

    def follow(self, parts: list[Part], answers: Sequence[tuple[int, Any]]) -> World:
        world, references = self.world, dict[str, str]()
        for number, (part, (status, body)) in enumerate(zip(parts, answers, strict=True)):
            claims = part.claims(status, body)
            self.check_locks(claims)
            world = world.after(part, claims, references)
            if status < 300 and isinstance(body, dict) and "id" in body:
                references[f"@{{p{number}.id}}"] = body["id"]
        return world

    def check_rollback(self, parts: list[Part], answers: Sequence[tuple[int, Any]]) -> None:
        """One part has failed, all others were halted; and there was a reason to fail."""
        culprits = [number for number, answer in enumerate(answers) if not was_halted(*answer)]
        assert len(culprits) == 1, answers
        part, (status, body) = parts[culprits[0]], answers[culprits[0]]
        claims = part.claims(status, body)
        assert not any(claim.done for claim in claims), answers
        self.check_locks(claims)
        assert any(claim.code == LOCKED for claim in claims) or not self.flawless(parts), answers

    def flawless(self, parts: list[Part]) -> bool:
        """Whether every write of a composite could be done."""
        world, references = copy.deepcopy(self.world), dict[str, str]()
        for number, part in enumerate(parts):
            seen = repeated(part)
            for write in part.writes:
                made = f"made {len(world.things)}"
                is_new = write.verb == "create" or (
                    write.verb == "upsert" and not world.holder(write.object, write.key)
                )
                if world.why_not(write, made if is_new else "", references, seen if part.collection else None):
                    return False
                if not part.collection and write.verb in {"create", "upsert"}:
                    references[f"@{{p{number}.id}}"] = made if is_new else str(world.holder(write.object, write.key))
        return True

    def check_locks(self, claims: Sequence[Claim]) -> None:
        assert self.trouble.locked or not any(claim.code == LOCKED for claim in claims)

    def performed(self, request: tuple[str, str, Any]) -> tuple[int, Any] | None:
        """Send a request; give back its answer as the org meant it, or None when the org did not perform it."""
        response = self.raw(request)
        assert response.fate == FATES.get(str(self.trouble.effect), "send")
        if self.trouble.effect in REFUSED:
            assert response.status >= 400
            self.settle(self.world, performed=False)
            return None
        assert response.status not in {401, 403}, response
        return response.status, orjson.loads(response.body) if response.body else None

    def raw(self, request: tuple[str, str, Any]) -> Response:
        method, path, body = request
        self.api.clock.pass_by(timedelta(seconds=1))
        headers = {"Authorization": f"Bearer {self.api.token}", "Sforce-Auto-Assign": NO_RULES["Sforce_Auto_Assign"]}
        return self.api.org.handle(
            Request(method, ROOT + path, headers, orjson.dumps(body) if body is not None else b"")
        )

    def settle(self, world: World, *, performed: bool) -> None:
        """Compare what is there with what must be there, and with what was there before."""
        self.cost += performed
        self.heal()
        now = self.content()
        assert now.keys() == world.things.keys()
        for row_id, row in now.items():
            thing = world.things[row_id]
            assert bool(row["IsDeleted"]) == thing.deleted
            assert {name: row.get(name) for name in thing.values} == thing.values
            if row_id in world.touched:
                assert row["LastModifiedDate"] > self.before.get(row_id, {}).get("LastModifiedDate", "")
            else:
                assert row == self.before[row_id]
        self.world, self.before = World(world.things, set(), world.written), now

    @invariant()
    def indexes_agree_with_scans(self) -> None:
        for name in OBJECTS:
            table = self.api.org.state.records.tables[name]
            for column, index in table.indexes.items():
                held = {value for row in table.rows.values() if (value := row.get(column)) is not None}
                for value in held | {*BOOKINGS, "k-6", *MAILS}:
                    exact = name != "Account" or column != KEYS["Account"]
                    fold = str if exact and column not in {"Name", "Email"} else str.lower
                    scanned = {
                        i
                        for i, row in table.rows.items()
                        if row.get(column) is not None and fold(str(row[column])) == fold(str(value))
                    }
                    assert set(index.ids(str(value))) == scanned, (name, column, value)

    @invariant()
    def counts_agree(self) -> None:
        state = self.api.org.state
        living = {name: sum(t.object == name and not t.deleted for t in self.world.things.values()) for name in OBJECTS}
        assert {name: state.records.counts()[name] for name in OBJECTS} == living
        assert +state.calls.written == +self.world.written
        assert state.calls.cost == state.usage.at(self.api.clock()) == self.cost
        assert state.records.savepoint() == 0


TestAtomicity = Atomicity.TestCase
TestAtomicity.settings = settings(deadline=None, max_examples=40, stateful_step_count=25)
