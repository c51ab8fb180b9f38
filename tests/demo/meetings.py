"""The org's final Events as they follow from the rules of the connector, written by hand like the other records."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.demo.expected import Choice

_BY_PHONE = "Phone call: we ring you at the number you gave"
_SUBJECTS = {30: "Product demo", 45: "Quarterly review", 60: "First interview"}


@dataclass(frozen=True, slots=True)
class Meeting:
    """The one Event of a booking (9). `what` is the Case; a Lead or Contact stands alone (9.1)."""

    booking: str
    who: str
    owner: str
    starts: str
    status: Choice
    reason: Choice = None
    what: str | None = None
    minutes: int = 30
    subject: str | None = None
    room: str | None = None

    def fields(self) -> Mapping[str, Choice]:
        """The fields of the Event; times as the org writes them."""
        canceled = "Cancel" in str(self.status)
        return {
            "Bookforce_Booking_Id__c": self.booking,
            "Subject": self.subject or _SUBJECTS[self.minutes],
            "WhoId": self.who,
            "WhatId": self.what,
            "OwnerId": f"User:{self.owner}",
            "StartDateTime": f"2026-11-{self.starts}:00.000+0000",
            "DurationInMinutes": self.minutes,
            "Location": f"https://video.example/my/{self.room}" if self.room else _BY_PHONE,
            "ShowAs": "Free" if canceled else "Busy",
            "IsReminderSet": False,
            "ScheduleOnce__Event_status__c": self.status,
            "ScheduleOnce__Cancel_reschedule_reason__c": self.reason,
        }


MEETINGS = (
    # Delivered twice, made once.
    Meeting("BKNG-MD7UJ3ZMA5GP", "Lead:Amara", "Ada", "10T09:00", "Scheduled", room="ada"),
    # Moved, then held: the reason of the move stays (9.3).
    Meeting(
        "BKNG-7PZLWVLZ31P2", "Lead:Henrik", "Ben", "12T10:30", "Completed", room="ben", reason="Travelling that week"
    ),
    Meeting(
        "BKNG-FNMSL5JVWY6M",
        "Lead:Chloe",
        "Ben",
        "11T13:30",
        "Canceled by Customer",
        room="ben",
        reason="We chose another supplier",
    ),
    # The user asks to reschedule: the old booking is cancelled, the customer picks a time in a new one (10.3),
    # which was moved by the owner because the old one says so (12.4).
    Meeting(
        "BKNG-5JNXFDKRD0SR",
        "Lead:Lin",
        "Ada",
        "12T02:00",
        "Canceled (reschedule requested by Owner)",
        room="ada",
        reason="Ada is ill that day",
    ),
    Meeting("BKNG-VK8417B48MGR", "Lead:Lin", "Ben", "17T02:30", "Rescheduled by Owner", room="ben"),
    # Moved to another user: two deliveries, the new booking first (12.4).
    Meeting(
        "BKNG-ACNEHD1JE3HN",
        "Lead:Luis",
        "Ada",
        "12T15:00",
        "Canceled by Customer",
        room="ada",
        reason="Prefer another colleague",
    ),
    Meeting(
        "BKNG-AV62Z3PST8PV",
        "Lead:Luis",
        "Ben",
        "18T15:30",
        "Rescheduled by Customer",
        room="ben",
        reason="Prefer another colleague",
    ),
    # The same with the old booking first.
    Meeting(
        "BKNG-4LXCCZUUZPZ5",
        "Lead:Emily",
        "Cleo",
        "12T16:00",
        "Canceled by Customer",
        room="cleo",
        reason="Needs a later week",
    ),
    Meeting(
        "BKNG-2FRY32P7D16U",
        "Lead:Emily",
        "Dan",
        "19T16:30",
        "Rescheduled by Customer",
        room="dan",
        reason="Needs a later week",
    ),
    # Reassigned; the webhook names the new owner (12.4).
    Meeting("BKNG-QB3NEY09L03Y", "Lead:Maria", "Cleo", "13T09:30", "Scheduled (Reassigned by User)", room="ada"),
    Meeting("BKNG-WZ7RQ8RRQ780", "Lead:Jonas", "Dan", "13T10:00", "Scheduled", room="dan"),
    # A meeting that counted as held may still become a no-show (10.1).
    Meeting("BKNG-4BW576UG6WPC", "Lead:PriyaNew", "Ada", "09T11:00", "No-show", room="ada"),
    Meeting("BKNG-JR851C1RYCUA", "Contact:Tomas", "Ben", "09T12:00", "Completed", room="ben"),
    Meeting("BKNG-3U3AXV6MKKZ7", "Lead:Sofia", "Ben", "16T09:00", "Scheduled", room="ben"),
    # Who cancelled is told by the user's id alone (12.4).
    Meeting("BKNG-FBUYXC49KAHJ", "Contact:Yusuf", "Cleo", "16T10:00", "Canceled by Owner", room="cleo"),
    Meeting("BKNG-KH2PBF6NJM97", "Lead:Ingrid", "Ada", "16T11:00", "Scheduled", room="ada"),
    Meeting("BKNG-A8K4S146PBSC", "Lead:Fatima", "Ada", "16T13:00", "Scheduled", room="ada"),
    Meeting("BKNG-MS8YPGL7B110", "Lead:Fatima", "Ben", "18T13:00", "Scheduled", room="ben"),
    Meeting("BKNG-QQ00F022BARQ", "Lead:Oskar", "API", "17T09:00", "Scheduled", room="hal"),
    Meeting(
        "BKNG-WTKJ74XMV1BQ",
        "Lead:Bianca",
        "Eva",
        "19T10:00",
        "Rescheduled by Owner",
        room="eva",
        reason="Room is taken",
    ),
    Meeting(
        "BKNG-QNWJ6JLAGRR8",
        "Lead:Nadia",
        "Ben",
        "17T11:00",
        "Canceled by Customer",
        room="ben",
        reason="Booked by mistake",
    ),
    Meeting("BKNG-ZCCZCK3WB3XZ", "Lead:Owen", "Cleo", "18T09:00", "Canceled by Customer", room="cleo"),
    # Held before it was moved, by arrival: what the late move says of the reason still counts.
    Meeting("BKNG-SZJDYEBPWPNU", "Lead:Ines", "Dan", "10T14:30", "Completed", room="dan", reason="Child is ill"),
    # Reassigned; the webhook names the first owner still, and the calendar of the new one (12.4).
    Meeting(
        "BKNG-QDY6Z4AJQCW0",
        "Lead:Kofi",
        "Dan",
        "19T10:30",
        "Rescheduled (Reassigned by User)",
        room="ada",
        reason="Power cut",
    ),
    Meeting(
        "BKNG-0BMP3V6X48JX",
        "Lead:Zoe",
        "Ben",
        "20T09:00",
        "Canceled by Customer",
        room="ben",
        reason="Wrong week, sorry",
    ),
    Meeting(
        "BKNG-7DM1K9NV40SA", "Contact:Elena", "Dan", "10T08:30", "Completed", minutes=45, reason="Clinic inspection"
    ),
    Meeting("BKNG-VP3P1YPW8F0K", "Contact:Marcus", "Ada", "09T15:00", "No-show", minutes=45),
    Meeting("BKNG-GZ6WDR18SJN7", "Contact:Lotte", "Ada", "16T15:00", "Scheduled", minutes=45),
    Meeting("BKNG-0KZM3SFG7TGM", "Contact:Solveig", "Ada", "17T12:00", "Scheduled", minutes=45),
    Meeting("BKNG-JBJX6EGT73BG", "Contact:Aksel", "Ben", "17T13:00", "Scheduled", minutes=45),
    Meeting(
        "BKNG-4X4D90QJ1L16",
        "Contact:Mateo",
        "Cleo",
        "17T14:00",
        "Canceled by Owner",
        minutes=45,
        reason="Duplicate of an e-mail thread",
    ),
    Meeting("BKNG-9NTTP08GRUA6", "Contact:Sofia", "Ada", "18T15:00", "Scheduled", minutes=45),
    Meeting("BKNG-BPP40GLH4JGL", "Lead:Viktor", "Dan", "18T16:00", "Scheduled", minutes=45),
    # A Case has its Contact beside it (9.1).
    Meeting(
        "BKNG-4RU81Z6MSZTV",
        "Contact:Grace",
        "Cleo",
        "10T14:00",
        "Canceled by Owner",
        room="cleo",
        what="Case:Monitor",
        subject="Support session",
        reason="Solved by phone",
    ),
    Meeting(
        "BKNG-BK7S1MDVXKH1",
        "Contact:Marcus",
        "Cleo",
        "11T10:00",
        "Scheduled",
        room="cleo",
        what="Case:Marcus",
        subject="Support session",
    ),
    Meeting(
        "BKNG-NV659WV9NX3H",
        "Contact:Tariq",
        "Cleo",
        "09T16:00",
        "Completed",
        room="cleo",
        what="Case:Tariq",
        subject="Support session",
    ),
    Meeting(
        "BKNG-1UAVCNUAFETG",
        "Contact:Tariq",
        "Cleo",
        "19T10:00",
        "Scheduled",
        room="cleo",
        what="Case:Tariq's second",
        subject="Support session",
    ),
    Meeting("BKNG-8ZE61H5NFAH7", "Contact:Elena", "Eva", "11T11:00", "Scheduled", room="eva", what="Case:Invoice"),
    Meeting(
        "BKNG-T7W9ZESS06T0",
        "Contact:Yusuf",
        "Cleo",
        "12T10:00",
        "Scheduled",
        room="cleo",
        what="Case:Login",
        subject="Support session",
    ),
    # The page wants nothing from general links; this link carries an id (7). The form is null (12.4).
    Meeting("BKNG-D67WUEXQ2L67", "Contact:Petra", "Dan", "19T14:00", "Scheduled", room="dan", minutes=60),
)
"""Every Event that must be there, and no more: none for the page without Events, none for the applicant (7)."""
