"""Who is the customer: the order in which the signs count, and what they lead to."""

from collections.abc import Sequence
from dataclasses import replace

from tests.matrix.customer import ACCOUNT, CASE, CONTACT, LEAD
from tests.matrix.row import Choice, End, Page, Row, Seeded

OLD, RECENT = "2026-01-01T00:00:00.000+0000", "2026-02-01T00:00:00.000+0000"

_OTHERS_LEAD = replace(LEAD, email="other")
_OTHERS_CONTACT = replace(CONTACT, email="other")

_NEW_LEAD = End(record="new Lead", fate="created", owner="Ada")
_NEW_CASE = End(record="new Case", fate="created", owner="Ada")
_LEAD = End(record="Lead", fate="overridden", owner="Ben")
_LEAD_LEFT = End(record="Lead", fate="left", owner="Ben")
_CONTACT = End(record="Contact", fate="overridden", owner="Ben", parent="Account")
_CONTACT_LEFT = End(record="Contact", fate="left", owner="Ben", parent="Account")
_ACCOUNT = End(record="Account", fate="left", owner="Ben")
_NEW_CONTACT = End(record="new Contact", fate="created", owner="Ada", parent="Account")

_BOTH = (LEAD, ACCOUNT, CONTACT)
_LEAD_OF_BOTH = (_LEAD, _CONTACT_LEFT, _ACCOUNT)
_CONTACT_OF_BOTH = (_LEAD_LEFT, _CONTACT, _ACCOUNT)

_MATCHED: Sequence[tuple[Page, str, bool, tuple[Seeded, ...], tuple[End, ...], str]] = (
    # page, prefer, cross_object_match, who has the e-mail, what becomes of them, who the customer is
    ("lead", "page", True, _BOTH, _LEAD_OF_BOTH, "Lead"),
    ("contact", "page", True, _BOTH, _CONTACT_OF_BOTH, "Contact"),
    ("lead", "page", True, (ACCOUNT, CONTACT), (_CONTACT, _ACCOUNT), "Contact"),
    ("contact", "page", True, (LEAD,), (_LEAD,), "Lead"),
    ("lead", "contact", True, _BOTH, _CONTACT_OF_BOTH, "Contact"),
    ("contact", "lead", True, _BOTH, _LEAD_OF_BOTH, "Lead"),
    ("lead", "page", False, (ACCOUNT, CONTACT), (_NEW_LEAD, _CONTACT_LEFT, _ACCOUNT), "new Lead"),
    ("contact", "page", False, (LEAD, ACCOUNT), (_LEAD_LEFT, _NEW_CONTACT, _ACCOUNT), "new Contact"),
)

_HAVE = {
    ("Lead", "Account", "Contact"): "a Lead and a Contact have the e-mail",
    ("Account", "Contact"): "a Contact alone has the e-mail",
    ("Lead",): "a Lead alone has the e-mail",
    ("Lead", "Account"): "a Lead alone has the e-mail",
}

# Who is found through a link, although the customer's e-mail is somebody else's or nobody's.
_PAGES: Sequence[Page] = ("lead", "contact", "case", "none")

_CONVERTED = replace(LEAD, converted_to="Contact")
_MERGED_LEAD = replace(LEAD, merged_into="kept Lead", email="other")
_KEPT_LEAD = replace(LEAD, name="kept Lead", email="other")
_KEPT_LEAD_ENDS = End(record="kept Lead", fate="overridden", owner="Ben")
_MERGED_CONTACT = replace(CONTACT, merged_into="kept Contact", email="other")
_KEPT_CONTACT = replace(CONTACT, name="kept Contact", email="other")
_MERGED_CASE = replace(CASE, merged_into="kept Case")
_KEPT_CASE = replace(CASE, name="kept Case")


def recognition_rows() -> tuple[Row, ...]:
    """All cells, the surest sign first."""
    return (*_links(), *_dead_links(), *_followed(), *_matched(), *_duplicates(), *_nobody(), *_cases())


def _links() -> list[Row]:
    rows = []
    for page in _PAGES:
        rows += [
            Row(
                section="Links",
                situation="the link names a Lead, whose e-mail is another",
                page=page,
                there=(_OTHERS_LEAD, ACCOUNT, CONTACT),
                link={"lead": "Lead"},
                ends=(_LEAD, _CONTACT_LEFT, _ACCOUNT),
                who="Lead",
            ),
            Row(
                section="Links",
                situation="the link names a Contact, whose e-mail is another",
                page=page,
                there=(LEAD, ACCOUNT, _OTHERS_CONTACT),
                link={"contact": "Contact"},
                ends=(_LEAD_LEFT, _CONTACT, _ACCOUNT),
                who="Contact",
            ),
        ]
    rows += [
        Row(
            section="Links",
            situation="the link names a Contact and a Lead: the Contact counts",
            there=_BOTH,
            link={"contact": "Contact", "lead": "Lead"},
            ends=_CONTACT_OF_BOTH,
            who="Contact",
        ),
        Row(
            section="Links",
            situation="the link names a Case, a Contact and a Lead: the Case counts",
            there=(LEAD, ACCOUNT, CONTACT, CASE),
            link={"case": "Case", "contact": "Contact", "lead": "Lead"},
            ends=(*_CONTACT_OF_BOTH, End(record="Case", fate="overridden", owner="Ben", parent="Contact")),
            who="Contact",
            what="Case",
        ),
    ]
    return rows


def _dead_links() -> list[Row]:
    no_lead = {"lead": "00Q000000000999"}
    gone = Seeded(name="gone Lead", object="Lead", email="other", deleted=True)
    gone_contact = Seeded(name="gone Contact", object="Contact", email="other", deleted=True)
    return [
        Row(
            section="Links",
            situation="the id in the link is unknown: the e-mail counts",
            there=(LEAD,),
            link=no_lead,
            ends=(_LEAD,),
            who="Lead",
        ),
        Row(
            section="Links",
            situation="the id in the link is unknown and nobody has the e-mail",
            link=no_lead,
            ends=(_NEW_LEAD,),
            who="new Lead",
        ),
        Row(
            section="Links",
            situation="the Lead of the link is deleted: the e-mail counts",
            there=(gone, LEAD),
            link={"lead": "gone Lead"},
            ends=(_LEAD,),
            who="Lead",
        ),
        Row(
            section="Links",
            situation="the Contact of the link is deleted: the e-mail counts",
            page="contact",
            there=(gone_contact, ACCOUNT, CONTACT),
            link={"contact": "gone Contact"},
            ends=(_CONTACT, _ACCOUNT),
            who="Contact",
        ),
        Row(
            section="Links",
            situation="the Case of the link is deleted: a new one on a Cases page",
            page="case",
            there=(ACCOUNT, CONTACT, replace(CASE, name="gone Case", deleted=True)),
            link={"case": "gone Case"},
            ends=(replace(_NEW_CASE, parent="Contact"), _CONTACT, _ACCOUNT),
            who="Contact",
            what="new Case",
        ),
    ]


def _followed() -> list[Row]:
    section = "Converted and merged records"
    becomes = (_CONTACT, _ACCOUNT)
    elsewhere = (_CONVERTED, ACCOUNT, _OTHERS_CONTACT)
    return [
        Row(
            section=section,
            situation="the Lead of the link is converted: its Contact",
            there=elsewhere,
            link={"lead": "Lead"},
            ends=becomes,
            who="Contact",
        ),
        *(
            Row(
                section=section,
                situation="the e-mail is a converted Lead's alone: its Contact",
                page=page,
                there=elsewhere,
                ends=becomes,
                who="Contact",
            )
            for page in ("lead", "contact")
        ),
        Row(
            section=section,
            situation="the e-mail is an open Lead's and a converted one's: the open one",
            there=(replace(_CONVERTED, name="converted Lead"), LEAD, ACCOUNT, _OTHERS_CONTACT),
            ends=(_LEAD, _CONTACT_LEFT, _ACCOUNT),
            who="Lead",
        ),
        Row(
            section=section,
            situation="the e-mail is a converted Lead's alone",
            choice=Choice(matching={"follow_converted": False}),
            there=elsewhere,
            ends=(_NEW_LEAD, _CONTACT_LEFT, _ACCOUNT),
            who="new Lead",
        ),
        Row(
            section=section,
            situation="the Lead of the link is converted, and another has the e-mail: that one",
            choice=Choice(matching={"follow_converted": False}),
            there=(replace(_CONVERTED, name="converted Lead", email="other"), LEAD, ACCOUNT, _OTHERS_CONTACT),
            link={"lead": "converted Lead"},
            ends=(_LEAD, _CONTACT_LEFT, _ACCOUNT),
            who="Lead",
        ),
        Row(
            section=section,
            situation="the Lead of the link was merged into another: that one",
            there=(_KEPT_LEAD, _MERGED_LEAD),
            link={"lead": "Lead"},
            ends=(_KEPT_LEAD_ENDS,),
            who="kept Lead",
        ),
        Row(
            section=section,
            situation="the Lead of the link was merged into one that was merged again: the last one",
            there=(
                _KEPT_LEAD,
                replace(LEAD, name="middle Lead", email="other", merged_into="kept Lead"),
                replace(_MERGED_LEAD, merged_into="middle Lead"),
            ),
            link={"lead": "Lead"},
            ends=(_KEPT_LEAD_ENDS,),
            who="kept Lead",
            calls=3,
        ),
        Row(
            section=section,
            situation="the Lead of the link was merged into one that is converted: its Contact",
            there=(replace(_KEPT_LEAD, converted_to="Contact"), _MERGED_LEAD, ACCOUNT, _OTHERS_CONTACT),
            link={"lead": "Lead"},
            ends=becomes,
            who="Contact",
        ),
        Row(
            section=section,
            situation="the Lead of the link was merged into one that is deleted: the e-mail counts",
            there=(replace(_KEPT_LEAD, deleted=True), _MERGED_LEAD, replace(LEAD, name="other Lead")),
            link={"lead": "Lead"},
            ends=(End(record="other Lead", fate="overridden", owner="Ben"),),
            who="other Lead",
        ),
        Row(
            section=section,
            situation="the Contact of the link was merged into another: that one",
            page="contact",
            there=(ACCOUNT, _KEPT_CONTACT, _MERGED_CONTACT),
            link={"contact": "Contact"},
            ends=(End(record="kept Contact", fate="overridden", owner="Ben", parent="Account"), _ACCOUNT),
            who="kept Contact",
        ),
        Row(
            section=section,
            situation="the Case of the link was merged into another: that one",
            page="case",
            there=(ACCOUNT, CONTACT, _KEPT_CASE, _MERGED_CASE),
            link={"case": "Case"},
            ends=(End(record="kept Case", fate="overridden", owner="Ben", parent="Contact"), _CONTACT, _ACCOUNT),
            who="Contact",
            what="kept Case",
        ),
    ]


def _matched() -> list[Row]:
    return [
        Row(
            section="E-mail",
            situation=_HAVE[tuple(record.name for record in there)],
            page=page,
            choice=Choice(matching={"prefer": prefer, "cross_object_match": cross}),
            there=there,
            ends=ends,
            who=who,
        )
        for page, prefer, cross, there, ends, who in _MATCHED
    ]


def _duplicates() -> list[Row]:
    older, newer = replace(LEAD, name="older Lead", modified=OLD), replace(LEAD, name="newer Lead", modified=RECENT)
    ends = (
        End(record="older Lead", fate="left", owner="Ben"),
        End(record="newer Lead", fate="overridden", owner="Ben"),
    )
    one, two = replace(CONTACT, name="newer Contact", modified=RECENT), replace(CONTACT, modified=OLD)
    return [
        *(
            Row(
                section="E-mail",
                situation=f"two Leads have the e-mail, the {told} modified last",
                there=there,
                ends=ends,
                who="newer Lead",
            )
            for told, there in (("second", (older, newer)), ("first", (newer, older)))
        ),
        Row(
            section="E-mail",
            situation="two Contacts have the e-mail: the one modified last",
            page="contact",
            there=(ACCOUNT, one, two),
            ends=(
                _CONTACT_LEFT,
                End(record="newer Contact", fate="overridden", owner="Ben", parent="Account"),
                _ACCOUNT,
            ),
            who="newer Contact",
        ),
    ]


def _nobody() -> list[Row]:
    placeholder = "email@example.com"
    somebody = Seeded(name="Lead", object="Lead", email=None, fields={"Email": placeholder})
    called = {"Phone": "+33 1 23 45 {n}"}
    return [
        Row(
            section="Placeholders and general links",
            situation="the e-mail is the placeholder email@example.com, which a Lead has: never matched on",
            there=(somebody,),
            says={"email": placeholder, "phone": None},
            ends=(
                End(record="Lead", fate="left", owner="Ben", fields={"Email": placeholder}),
                End(record="new Lead", fate="created", owner="Ada", fields={"Email": placeholder, "Phone": None}),
            ),
            who="new Lead",
        ),
        Row(
            section="Placeholders and general links",
            situation="no e-mail; a Lead has the phone number",
            there=(replace(LEAD, email=None, fields=called),),
            says={"email": None, "phone": called["Phone"]},
            ends=(End(record="Lead", fate="overridden", owner="Ben", fields=called),),
            who="Lead",
        ),
        Row(
            section="Placeholders and general links",
            situation="a page that creates nothing for general links, whoever has the e-mail",
            page="none",
            there=_BOTH,
            ends=(_LEAD_LEFT, _CONTACT_LEFT, _ACCOUNT),
            calls=1,
        ),
    ]


def _cases() -> list[Row]:
    section = "The Contact of a Case"
    case = End(record="Case", fate="overridden", owner="Ben")
    bare = replace(CASE, parent=None)
    kim = replace(CONTACT, name="Case's Contact", email="other")
    of_kim = replace(CASE, parent="Case's Contact")
    kim_left = End(record="Case's Contact", fate="left", owner="Ben", parent="Account")
    return [
        Row(
            section=section,
            situation="the Case of the link has none: the Contact with the e-mail",
            page="case",
            there=(ACCOUNT, CONTACT, bare),
            link={"case": "Case"},
            ends=(replace(case, parent="Contact"), _CONTACT, _ACCOUNT),
            who="Contact",
            what="Case",
        ),
        Row(
            section=section,
            situation="the Case of the link has none and nobody has the e-mail: a new Contact",
            page="case",
            there=(ACCOUNT, bare),
            link={"case": "Case"},
            ends=(replace(case, parent="new Contact"), _NEW_CONTACT, _ACCOUNT),
            who="new Contact",
            what="Case",
        ),
        Row(
            section=section,
            situation="the e-mail is another Contact's: that one is updated, and the Case keeps its own",
            page="case",
            there=(ACCOUNT, CONTACT, kim, of_kim),
            link={"case": "Case"},
            ends=(replace(case, parent="Case's Contact"), kim_left, _CONTACT, _ACCOUNT),
            who="Case's Contact",
            what="Case",
        ),
        Row(
            section=section,
            situation="the e-mail is nobody's: the Case's Contact gets it",
            page="case",
            there=(ACCOUNT, kim, of_kim),
            link={"case": "Case"},
            ends=(
                replace(case, parent="Case's Contact"),
                replace(kim_left, fate="overridden"),
                _ACCOUNT,
            ),
            who="Case's Contact",
            what="Case",
        ),
        Row(
            section=section,
            situation="on a Cases page an unknown customer",
            page="case",
            choice=Choice(matching={"case_creates_contact": False}),
            ends=(_NEW_CASE,),
            what="new Case",
        ),
        Row(
            section=section,
            situation="on a Cases page a Lead has the e-mail: it is left alone",
            page="case",
            there=(LEAD, ACCOUNT),
            ends=(replace(_NEW_CASE, parent="new Contact"), _NEW_CONTACT, _ACCOUNT, _LEAD_LEFT),
            who="new Contact",
            what="new Case",
        ),
    ]
