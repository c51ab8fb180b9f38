"""The five setup stages: each checks its part of the setup against the org; together they make the ReadySetup."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Literal, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from redis import Redis

from config.load import BadSetupFile, load_ruleset
from config.settings import Connection
from producers.cipher import PLAIN, Cipher, Locked
from producers.keys import prefix
from rules.checks import User, check_rights, compile_record_types, compile_users
from rules.connection import ShareOfCalls, check_environment, connection_facts
from rules.fields import check_lookups, compile_mapping, compile_required, lookup_targets
from rules.findings import Fact, Finding
from rules.installation import check_installation, installation_facts
from rules.overview import mapping_facts, matrix_facts, owner_facts, page_facts, supply_facts
from rules.person_accounts import compile_person_fields
from rules.plan import SObject
from rules.ready import ReadySetup
from rules.record_types import check_mapped, check_supply
from rules.ruleset import RuleSet
from worker.compiling import compile_setup, offers_of
from worker.errors import Disconnected, SyncError
from worker.locked import check_keys
from worker.org_facts import OrgFacts, read_facts
from worker.release import release
from worker.salesforce.describe import read_describes
from worker.salesforce.session import SalesforceSession
from worker.setup_errors import explain, is_passing


class Stage(StrEnum):
    """The vendor's five steps, in order."""

    CONNECTION = "connection"
    INSTALLATION = "installation"
    FIELD_VALIDATION = "field_validation"
    FIELD_MAPPING = "field_mapping"
    CREATION_RULES = "creation_rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What a stage found, and when (UTC). Facts are for people: what was looked at, counted or chosen."""

    stage: Stage
    state: Literal["ready", "not_ready"]
    findings: tuple[Finding, ...]
    facts: tuple[Fact, ...]
    at: datetime


Kept = TypeVar("Kept")

Found = tuple[tuple[Fact, ...], list[Finding]]
"""What a stage found to be so, and what is wrong."""

_Reports = TypeAdapter(StageReport)
_Facts = TypeAdapter(OrgFacts)
_Ready = TypeAdapter(ReadySetup)


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of one connection: runs stages and keeps their state in Redis."""

    redis: Redis
    name: str
    connection: Connection
    session: SalesforceSession
    cipher: Cipher = PLAIN

    def run(self, stage: Stage) -> StageReport:
        """Run one stage and keep its report. Errors of the org or of the setup file are findings, not exceptions."""
        is_known = True
        try:
            facts, findings = _STAGES[stage](self)
        except SyncError as error:
            facts, findings, is_known = (), [explain(error)], not is_passing(error)
        except BadSetupFile as error:
            facts, findings = (), [Finding(level="error", message=str(error), advice="correct the setup file")]
        is_ready = not any(finding.level == "error" for finding in findings)
        report = StageReport(
            stage=stage,
            state="ready" if is_ready else "not_ready",
            findings=tuple(findings),
            facts=facts,
            at=datetime.now(UTC),
        )
        self.redis.set(self._key(stage), _Reports.dump_json(report))
        if not is_ready and is_known:
            self._withdraw(after=stage)
        return report

    def run_each(self) -> Iterator[StageReport]:
        """All stages in order, up to and including the first that is not ready; each runs when it is asked for."""
        for stage in Stage:
            report = self.run(stage)
            yield report
            if report.state != "ready":
                return

    def run_all(self) -> list[StageReport]:
        """All stages in order, up to and including the first that is not ready."""
        return list(self.run_each())

    def reports(self) -> dict[Stage, StageReport]:
        """The kept reports; stages that did not run since the last failure before them are absent."""
        kept = {stage: _read_kept(_Reports, cast("str | None", self.redis.get(self._key(stage)))) for stage in Stage}
        return {stage: report for stage, report in kept.items() if report}

    def users(self) -> tuple[User, ...]:
        """The org's active users, as the connection stage read them. Raises Disconnected if it has not run."""
        return self._org().users

    def ready(self) -> ReadySetup | None:
        """The product of all five stages, None while one is not ready."""
        return self.last_ready() if self.ready_version() else None

    def last_ready(self) -> ReadySetup | None:
        """The product of the last time that all stages were ready, None if they never were with these credentials."""
        text, made_for = cast("list[str | None]", self.redis.mget(self._key("ready"), self._key("for")))
        return _read_kept(_Ready, self._opened(text)) if made_for == self.connection.fingerprint else None

    def looked_at(self) -> datetime | None:
        """When the stages were last started, whatever they found (UTC)."""
        text = cast("str | None", self.redis.get(self._key("looked")))
        return datetime.fromisoformat(text) if text else None

    def ready_version(self) -> str | None:
        """The version of the ReadySetup, cheaper than the whole; None while a stage is not ready.

        One that was made with other credentials may be of another org, so it does not count.
        """
        version, made_for = cast("list[str | None]", self.redis.mget(self._key("version"), self._key("for")))
        return version if made_for == self.connection.fingerprint else None

    def check_connection(self) -> Found:
        """Log in, read the org, its objects and users. All of it afresh: what was shared before proves nothing."""
        self.redis.set(self._key("looked"), datetime.now(UTC).isoformat())
        self._take_share()
        self.session.log_in_anew()
        org = read_facts(self.session)
        self.session.breaker.close()
        self.redis.set(self._key("facts"), self.cipher.seal(_Facts.dump_json(org).decode()))
        usage, share = self.session.meter.usage(), self._share()
        facts = connection_facts(org.organization, org.api_user, org.objects, usage, share)
        environment = check_environment(self.connection.salesforce_login_url, org.organization)
        return facts, [*environment, *check_rights(org.objects), *check_keys(self.redis, self.name, self.cipher)]

    def check_installation(self) -> Found:
        """Our fields are there and the keys are unique."""
        names, objects = self._ruleset().installation, self._org().objects
        return installation_facts(names, objects), check_installation(names, objects)

    def check_field_validation(self) -> Found:
        """Something supplies every required field, whatever the record type."""
        ruleset, org = self._ruleset(), self._org()
        required, findings = compile_required(ruleset.field_validation, org.objects, ruleset.installation)
        offers = offers_of(ruleset, org)
        facts = supply_facts(required, compile_mapping(ruleset, org.objects)[0], offers)
        return facts, [*findings, *check_supply(required, offers)]

    def check_field_mapping(self) -> Found:
        """Every mapping row can work."""
        ruleset, org = self._ruleset(), self._org()
        mapping, findings = compile_mapping(ruleset, org.objects)
        findings += check_mapped(mapping, offers_of(ruleset, org), ruleset.labels)
        rows = mapping[SObject.CONTACT]
        findings += compile_person_fields((*rows.customer, *rows.booking), org.objects)[1]
        targets = lookup_targets(ruleset, org.objects)
        if targets:
            findings += check_lookups(targets, read_describes(self.session, targets))
        return mapping_facts(mapping), findings

    def check_creation_rules(self) -> Found:
        """Owners, record types and pages resolve; then everything is compiled and kept."""
        ruleset, org = self._ruleset(), self._org()
        users, owner_findings = compile_users(ruleset, org.users, org.api_user)
        _, type_findings = compile_record_types(ruleset, org.objects)
        findings = owner_findings + type_findings
        if not any(finding.level == "error" for finding in findings):
            self._publish(compile_setup(ruleset, org))
        rules, owners = matrix_facts(ruleset.creation_rules), owner_facts(ruleset.owners, users)
        return (*rules, *owners, *page_facts(ruleset.pages)), findings

    def _publish(self, ready: ReadySetup) -> None:
        facts: dict[str, bytes | str] = {
            "ready": self.cipher.seal(_Ready.dump_json(ready).decode()),
            "for": self.connection.fingerprint,
            "version": ready.version,
            "release": release(),
        }
        self.redis.mset({self._key(name): value for name, value in facts.items()})
        self.session.meter.set_share(ready.quota.share)

    def _take_share(self) -> None:
        """Before any call: where the old share is used up, only a larger one lets the stages look at the org."""
        try:
            self.session.meter.set_share(self._ruleset().quota.share)
        except BadSetupFile:
            return  # the next stage says so

    def _withdraw(self, after: Stage) -> None:
        """Bookings wait while a stage is not ready; later stages have nothing to say."""
        later = list(Stage)[list(Stage).index(after) + 1 :]
        self.redis.delete(self._key("version"), *(self._key(stage) for stage in later))

    def _share(self) -> ShareOfCalls | None:
        """None where the setup file cannot be read, of which the next stage tells."""
        try:
            return ShareOfCalls(percent=self._ruleset().quota.share, spent=self.session.meter.budget().spent)
        except BadSetupFile:
            return None

    def _ruleset(self) -> RuleSet:
        return load_ruleset(self.connection.setup)

    def _org(self) -> OrgFacts:
        org = _read_kept(_Facts, self._opened(cast("str | None", self.redis.get(self._key("facts")))))
        if not org:
            raise Disconnected("the connection stage has not run yet", code="NO_CONNECTION_STAGE")
        return org

    def _opened(self, text: str | None) -> str | None:
        """What was kept, None if that was nothing or by a worker with other keys: then it is read afresh."""
        try:
            return self.cipher.open(text) if text else None
        except Locked:
            return None

    def _key(self, name: str) -> str:
        return f"{prefix(self.name)}setup:{name}"


def _read_kept(kind: TypeAdapter[Kept], text: str | None) -> Kept | None:
    """What was kept, None where another release kept it in another shape: the stages run again and replace it."""
    try:
        return kind.validate_json(text) if text else None
    except ValidationError:
        return None


_STAGES: Mapping[Stage, Callable[[Setup], Found]] = {
    Stage.CONNECTION: Setup.check_connection,
    Stage.INSTALLATION: Setup.check_installation,
    Stage.FIELD_VALIDATION: Setup.check_field_validation,
    Stage.FIELD_MAPPING: Setup.check_field_mapping,
    Stage.CREATION_RULES: Setup.check_creation_rules,
}


def after(stage: Stage) -> Stage | None:
    """The stage that follows, None behind the last."""
    stages = list(Stage)
    position = stages.index(stage) + 1
    return stages[position] if position < len(stages) else None
