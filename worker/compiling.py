"""The admin's choices and the org, both checked → the ReadySetup."""

import hashlib

from pydantic import TypeAdapter

from rules.checks import compile_record_types, compile_users, find_mergeable
from rules.fields import compile_mapping, compile_required
from rules.installation import resolve_installation
from rules.person_accounts import compile_person_fields
from rules.phones import find_phone_fields
from rules.plan import SObject
from rules.ready import ReadySetup
from rules.record_types import TypeOffers, compile_offers, find_default_types
from rules.ruleset import RuleSet
from rules.supplied import compile_supplied
from worker.org_facts import OrgFacts
from worker.release import release

_Facts = TypeAdapter(OrgFacts)


def compile_setup(ruleset: RuleSet, org: OrgFacts) -> ReadySetup:
    """All parts in one value, named by a digest of what went into it."""
    made_of = (ruleset.model_dump_json().encode(), _Facts.dump_json(org), release().encode())
    digest = hashlib.blake2b(b"".join(made_of), digest_size=8)
    mapping = compile_mapping(ruleset, org.objects)[0]
    contact_rows = (*mapping[SObject.CONTACT].customer, *mapping[SObject.CONTACT].booking)
    return ReadySetup(
        version=digest.hexdigest(),
        installation=resolve_installation(ruleset.installation, org.objects),
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
        quota=ruleset.quota,
        phone_fields=find_phone_fields(org.objects),
        supplied=compile_supplied(mapping[SObject.CASE], org.objects),
        person_fields=compile_person_fields(contact_rows, org.objects)[0],
        person_types=frozenset(org.person_types),
        default_types=find_default_types(org.objects),
        offers=offers_of(ruleset, org),
        mergeable=find_mergeable(org.objects),
    )


def offers_of(ruleset: RuleSet, org: OrgFacts) -> TypeOffers:
    """What the record types in use offer of the fields that new records get."""
    mapping = compile_mapping(ruleset, org.objects)[0]
    required = compile_required(ruleset.field_validation, org.objects, ruleset.installation)[0]
    return compile_offers(ruleset.pages, org.objects, mapping, required, org.person_types)
