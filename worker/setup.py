"""The five setup stages: each checks its part of the setup against the org; together they make the ReadySetup."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, cast

from pydantic import TypeAdapter
from redis import Redis

from config.load import BadSetupFile, load_ruleset
from config.settings import Connection
from producers.keys import prefix
from rules.checks import User, check_installation, check_rights, compile_record_types, compile_users
from rules.describe import ObjectSpec
from rules.fields import check_lookups, compile_mapping, compile_required, lookup_targets
from rules.findings import Finding
from rules.person_accounts import compile_person_fields, has_person_accounts
from rules.phones import find_phone_fields
from rules.plan import SObject
from rules.ready import ReadySetup
from rules.ruleset import RuleSet
from rules.supplied import compile_supplied
from worker.errors import Disconnected, SyncError
from worker.salesforce.describe import read_describes
from worker.salesforce.session import SalesforceSession

_USERS = "SELECT Id, Username, Email, TimeZoneSidKey FROM User WHERE IsActive = true AND UserType = 'Standard'"

_PERSON_TYPES = "SELECT DeveloperName FROM RecordType WHERE SobjectType = 'Account' AND IsPersonType = true"


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
    facts: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _OrgFacts:
    """What the first stage reads of the org and the later ones work with."""

    organization_id: str
    api_user: str
    objects: Mapping[SObject, ObjectSpec]
    users: tuple[User, ...]
    person_types: frozenset[str] = frozenset()


_Reports = TypeAdapter(StageReport)
_Facts = TypeAdapter(_OrgFacts)
_Ready = TypeAdapter(ReadySetup)


@dataclass(frozen=True, slots=True)
class Setup:
    """The setup of one connection: runs stages and keeps their state in Redis."""

    redis: Redis
    name: str
    connection: Connection
    session: SalesforceSession

    def run(self, stage: Stage) -> StageReport:
        """Run one stage and keep its report. Errors of the org or of the setup file are findings, not exceptions."""
        try:
            facts, findings = _STAGES[stage](self)
        except SyncError as error:
            facts, findings = (), [Finding(level="error", message=error.message, advice=f"({error.code})")]
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
        if not is_ready:
            self._withdraw(after=stage)
        return report

    def run_all(self) -> list[StageReport]:
        """All stages in order, up to and including the first that is not ready."""
        reports = []
        for stage in Stage:
            reports.append(self.run(stage))
            if reports[-1].state != "ready":
                break
        return reports

    def reports(self) -> dict[Stage, StageReport]:
        """The kept reports; stages that did not run since the last failure before them are absent."""
        texts = {stage: self.redis.get(self._key(stage)) for stage in Stage}
        return {stage: _Reports.validate_json(cast("str", text)) for stage, text in texts.items() if text}

    def users(self) -> tuple[User, ...]:
        """The org's active users, as the connection stage read them. Raises Disconnected if it has not run."""
        return self._org().users

    def ready(self) -> ReadySetup | None:
        """The product of all five stages, None while one is not ready."""
        text = self.redis.get(self._key("ready"))
        return _Ready.validate_json(cast("str", text)) if text else None

    def ready_version(self) -> str | None:
        """The version of the ReadySetup, cheaper than the whole; None while a stage is not ready.

        One that was made with other credentials may be of another org, so it does not count.
        """
        version, made_for = cast("list[str | None]", self.redis.mget(self._key("version"), self._key("for")))
        return version if made_for == self.connection.fingerprint else None

    def check_connection(self) -> tuple[tuple[str, ...], list[Finding]]:
        """Log in, read identity, describes and users. All of it afresh: what was shared before proves nothing."""
        self.session.log_in_anew()
        objects = read_describes(self.session, SObject)
        users = tuple(self._read_users())
        token = self.session.tokens.current()
        org = _OrgFacts(
            organization_id=token.organization_id,
            api_user=token.user_id,
            objects=objects,
            users=users,
            person_types=self._read_person_types() if has_person_accounts(objects) else frozenset(),
        )
        self.redis.set(self._key("facts"), _Facts.dump_json(org))
        facts = (f"org {org.organization_id}", f"API user {org.api_user}", f"{len(users)} active users")
        return facts, check_rights(objects)

    def check_installation(self) -> tuple[tuple[str, ...], list[Finding]]:
        """Our fields are there and the keys are unique."""
        installation = self._ruleset().installation
        facts = (installation.booking_key, installation.account_key)
        return facts, check_installation(installation, self._org().objects)

    def check_field_validation(self) -> tuple[tuple[str, ...], list[Finding]]:
        """Something supplies every required field."""
        ruleset, org = self._ruleset(), self._org()
        required, findings = compile_required(ruleset.field_validation, org.objects, ruleset.installation)
        names = [f"{obj}.{need.field.name}" for obj, needs in required.items() for need in needs]
        return (f"required: {', '.join(names)}",), findings

    def check_field_mapping(self) -> tuple[tuple[str, ...], list[Finding]]:
        """Every mapping row can work."""
        ruleset, objects = self._ruleset(), self._org().objects
        mapping, findings = compile_mapping(ruleset, objects)
        rows = mapping[SObject.CONTACT]
        findings += compile_person_fields((*rows.customer, *rows.booking), objects)[1]
        targets = lookup_targets(ruleset, objects)
        if targets:
            findings += check_lookups(targets, read_describes(self.session, targets))
        counts = [f"{obj} {len(rows.customer) + len(rows.booking)}" for obj, rows in mapping.items()]
        return (f"rows: {', '.join(counts)}",), findings

    def check_creation_rules(self) -> tuple[tuple[str, ...], list[Finding]]:
        """Owners, record types and pages resolve; then everything is compiled and kept."""
        ruleset, org = self._ruleset(), self._org()
        users, owner_findings = compile_users(ruleset, org.users, org.api_user)
        _, type_findings = compile_record_types(ruleset, org.objects)
        findings = owner_findings + type_findings
        if not any(finding.level == "error" for finding in findings):
            self._publish(_compile(ruleset, org))
        rules = ruleset.creation_rules
        facts = (
            f"new Leads: {rules.lead.new.assign}, existing: {rules.lead.existing.update}, {rules.lead.existing.assign}",
            f"{len(users.by_name)} owner names, {len(ruleset.pages)} page settings",
        )
        return facts, findings

    def _publish(self, ready: ReadySetup) -> None:
        self.redis.set(self._key("ready"), _Ready.dump_json(ready))
        self.redis.mset({self._key("for"): self.connection.fingerprint, self._key("version"): ready.version})

    def _withdraw(self, after: Stage) -> None:
        """Bookings wait while a stage is not ready; later stages have nothing to say."""
        later = list(Stage)[list(Stage).index(after) + 1 :]
        self.redis.delete(self._key("ready"), self._key("version"), *(self._key(stage) for stage in later))

    def _ruleset(self) -> RuleSet:
        return load_ruleset(self.connection.setup)

    def _org(self) -> _OrgFacts:
        text = self.redis.get(self._key("facts"))
        if not text:
            raise Disconnected("the connection stage has not run yet", code="NO_CONNECTION_STAGE")
        return _Facts.validate_json(cast("str", text))

    def _key(self, name: str) -> str:
        return f"{prefix(self.name)}setup:{name}"

    def _read_person_types(self) -> frozenset[str]:
        return frozenset(row["DeveloperName"] for row in self._query(_PERSON_TYPES))

    def _query(self, soql: str) -> list[dict[str, Any]]:
        page: dict[str, Any] = self.session.get("query", params={"q": soql})
        rows: list[dict[str, Any]] = page["records"]
        while not page["done"]:
            page = self.session.next_page(page["nextRecordsUrl"])
            rows += page["records"]
        return rows

    def _read_users(self) -> list[User]:
        rows = self._query(_USERS)
        return [
            User(id=row["Id"], username=row["Username"], email=row["Email"], zone=row["TimeZoneSidKey"]) for row in rows
        ]


def _compile(ruleset: RuleSet, org: _OrgFacts) -> ReadySetup:
    """All parts in one value, named by a digest of what went into it."""
    digest = hashlib.blake2b(ruleset.model_dump_json().encode() + _Facts.dump_json(org), digest_size=8)
    mapping = compile_mapping(ruleset, org.objects)[0]
    contact_rows = (*mapping[SObject.CONTACT].customer, *mapping[SObject.CONTACT].booking)
    return ReadySetup(
        version=digest.hexdigest(),
        installation=ruleset.installation,
        owners=ruleset.owners,
        users=compile_users(ruleset, org.users, org.api_user)[0],
        mapping=mapping,
        required=compile_required(ruleset.field_validation, org.objects, ruleset.installation)[0],
        creation_rules=ruleset.creation_rules,
        pages=ruleset.pages,
        record_types=compile_record_types(ruleset, org.objects)[0],
        matching=ruleset.matching,
        life_cycle=ruleset.life_cycle,
        event=ruleset.event,
        labels=ruleset.labels,
        values=ruleset.values,
        phone_fields=find_phone_fields(org.objects),
        supplied=compile_supplied(mapping[SObject.CASE], org.objects),
        person_fields=compile_person_fields(contact_rows, org.objects)[0],
        person_types=org.person_types,
        default_account_type=org.objects[SObject.ACCOUNT].default_record_type,
    )


_STAGES: Mapping[Stage, Callable[[Setup], tuple[tuple[str, ...], list[Finding]]]] = {
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
