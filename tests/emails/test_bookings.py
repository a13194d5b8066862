"""What the mails say, in whose time, and the invitation that goes with them."""

import base64
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from icalendar import Calendar
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.actor import GUEST, Actor
from appointly.domain.manage_key import manage_key, opens
from appointly.emails.bookings import KINDS, compose
from appointly.emails.mail import Mail
from appointly.models import Job, Message
from appointly.operations.answer_appointment import confirm_appointment, decline_appointment
from appointly.operations.answer_reschedule import accept_reschedule
from appointly.operations.book_appointment import book_appointment
from appointly.operations.cancel_appointments import cancel_appointments
from appointly.operations.reschedule import reschedule
from appointly.queries.mails import News, news_of
from appointly.settings import settings
from tests.making import NOW, asking, customer, make_provider, make_service, make_slots, make_user, owner_of

HOSTILE = "<img src=x onerror=alert(1)>"


async def mails_of(session: AsyncSession) -> dict[str, tuple[News, Mail]]:
    """Every planned mail by its kind, rendered."""
    mails = {}
    for job in await session.exec(select(Job).order_by(Job.created_at)):
        message = await session.get_one(Message, job.payload["message_id"])
        news = await news_of(session, message.id, NOW)
        assert news
        mails[message.kind] = (news, compose(news, settings()))
    return mails


def calendar(mail: Mail) -> Calendar:
    [attachment] = mail.attachments
    return Calendar.from_ical(attachment.content)


async def test_confirmed_at_once(session: AsyncSession) -> None:
    provider = await make_provider(session)
    [slot] = await make_slots(session, await make_service(session, provider, title="Cut & colour"), 1)
    booked = await book_appointment(session, GUEST, asking(slot, customer_name=HOSTILE, notes="Hi"), NOW)
    mails = await mails_of(session)
    assert set(mails) == {"confirmed", "new_booking"}
    news, mail = mails["confirmed"]
    assert mail.to == "grace@example.test"
    assert mail.subject == "Confirmed: Cut & colour at Studio Nine"
    for words in (
        "Tuesday 24 November 2026",
        "10:00 to 10:30 (Berlin time)",
        "€45, paid at the appointment",
        booked.reference,
        "A1",
    ):
        assert words in mail.text
        assert words in mail.html
    key = mail.text.split("key=")[1].split()[0]
    assert opens(settings().secret_key, booked.id, key)
    assert f"/session/booking/{booked.reference}?key={manage_key(settings().secret_key, booked.id)}" in mail.html
    assert "<img" not in mail.html
    assert HOSTILE in mail.text
    invite = calendar(mail)
    [event] = invite.walk("VEVENT")
    assert invite["METHOD"] == "REQUEST"
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booked.id}@appointly", 0, "CONFIRMED")
    assert event["DTSTART"].dt == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert event["DTEND"].dt == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert event["ATTENDEE"] == "mailto:grace@example.test"
    assert compose(news, settings()) == mail
    to_provider = mails["new_booking"][1]
    assert "\nNote:" in to_provider.text
    assert key not in to_provider.text + to_provider.html
    assert not to_provider.attachments


async def test_a_request_its_answer_and_its_end(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, approval="manual")
    slots = await make_slots(session, service, 2)
    user = await make_user(session)
    user.time_zone = "America/New_York"
    asked = asking(slots[0], customer_email=user.email)
    booked = await book_appointment(session, customer(user), asked, NOW)
    later = NOW.replace(minute=1)
    await confirm_appointment(session, owner_of(provider), booked.id, later)
    accepted = (await mails_of(session))["accepted"][1]
    await cancel_appointments(session, customer(user), [booked.id], "Cannot come", later.replace(minute=2))
    mails = await mails_of(session)
    assert set(mails) == {
        "requested",
        "new_request",
        "answer_reminder",
        "accepted",
        "cancelled",
        "booking_cancelled",
    }
    assert not mails["requested"][1].attachments
    cancelled = mails["cancelled"][1]
    assert "04:00 to 04:30 (New York time)" in accepted.text
    assert "10:00 to 10:30 (Berlin time)" in accepted.text
    assert "New York" not in mails["new_request"][1].text
    first, second = calendar(accepted), calendar(cancelled)
    assert (first["METHOD"], second["METHOD"]) == ("REQUEST", "CANCEL")
    [before], [after] = first.walk("VEVENT"), second.walk("VEVENT")
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]
    assert "> Cannot come" in mails["booking_cancelled"][1].text
    assert "Grace Hopper has cancelled" in mails["booking_cancelled"][1].text


async def test_after_a_move_the_invitation_replaces_the_one_before(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 3)
    user = await make_user(session)
    booked = await book_appointment(session, customer(user), asking(slots[0], customer_email=user.email), NOW)
    sent = [(await mails_of(session))["confirmed"][1]]
    asked = await reschedule(session, customer(user), booked.id, slots[1].id, NOW)
    assert not (await mails_of(session))["move_asked"][1].attachments
    await accept_reschedule(session, owner_of(provider), asked.id, NOW.replace(minute=1))
    sent.append((await mails_of(session))["move_accepted"][1])
    await reschedule(session, owner_of(provider), booked.id, slots[2].id, NOW.replace(minute=2))
    sent.append((await mails_of(session))["moved_by_provider"][1])
    for sequence, (mail, slot) in enumerate(zip(sent, slots, strict=True)):
        invite = calendar(mail)
        [event] = invite.walk("VEVENT")
        assert invite["METHOD"] == "REQUEST"
        assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (f"{booked.id}@appointly", sequence, "CONFIRMED")
        assert (event["DTSTART"].dt, event["DTEND"].dt) == (slot.start_time, slot.end_time)
    assert "Studio Nine has moved your appointment" in sent[-1].text
    await reschedule(session, Actor(kind="admin"), booked.id, slots[0].id, NOW.replace(minute=3))
    assert "Appointly has moved your appointment" in (await mails_of(session))["moved_by_provider"][1].text


async def test_of_two_moves_only_the_last_is_told_where_the_first_mail_comes_late(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider), 3)
    booked = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    for minute, slot in enumerate(slots[1:], 1):
        await reschedule(session, owner_of(provider), booked.id, slot.id, NOW.replace(minute=minute))
    messages = await session.exec(select(Message).order_by(Message.created_at))
    told = [news for message in messages if (news := await news_of(session, message.id, NOW))]
    assert [(news.kind, news.matters) for news in told if news.recipient == "grace@example.test"] == [
        ("confirmed", False),
        ("moved_by_provider", False),
        ("moved_by_provider", True),
    ]
    [event] = calendar(compose(told[-1], settings())).walk("VEVENT")
    assert (event["SEQUENCE"], event["DTSTART"].dt) == (2, slots[2].start_time)
    assert "moved from Tuesday 24 November, 10:30 to Tuesday 24 November, 11:00" in compose(told[-1], settings()).text
    await session.exec(update(Message).where(col(Message.kind) == "confirmed").values(status="sent"))
    news = (await mails_of(session))["moved_by_provider"][0]
    assert "moved from Tuesday 24 November, 10:00 to Tuesday 24 November, 11:00" in compose(news, settings()).text


async def test_what_is_no_longer_so_is_not_mailed(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider, approval="manual"), 2)
    booked = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    assert not [kind for kind, (news, _) in (await mails_of(session)).items() if not news.matters]
    await confirm_appointment(session, owner_of(provider), booked.id, NOW.replace(minute=1))
    guest = Actor(managed=frozenset([booked.id]))
    await reschedule(session, guest, booked.id, slots[1].id, NOW.replace(minute=2))
    await cancel_appointments(session, guest, [booked.id], "", NOW.replace(minute=3))
    matter = {kind for kind, (news, _) in (await mails_of(session)).items() if news.matters}
    assert matter == {"cancelled", "booking_cancelled"}


async def test_a_mail_offers_what_is_still_free_when_it_is_sent(session: AsyncSession) -> None:
    provider = await make_provider(session)
    service = await make_service(session, provider, approval="manual")
    slots = await make_slots(session, service, 4)
    booked = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    await decline_appointment(session, owner_of(provider), booked.id, NOW.replace(minute=1), "")

    async def offered() -> list[str]:
        mail = (await mails_of(session))["declined"][1]
        return [str(slot.id) for slot in slots if str(slot.id) in mail.text]

    assert len(await offered()) == 3
    await book_appointment(session, GUEST, asking(slots[1]), NOW.replace(minute=2))
    assert len(await offered()) == 2
    provider.suspended_at = NOW
    await session.flush()
    assert await offered() == []
    gone = (await mails_of(session))["declined"][1]
    assert service.slug not in gone.text
    assert "Find something else" in gone.text


async def test_each_of_a_class_gets_an_invitation_of_their_own(session: AsyncSession) -> None:
    provider = await make_provider(session)
    provider.business_name = 'Anna "Öl" Müller; Partner, & Söhne: ' + "x" * 60
    [slot] = await make_slots(session, await make_service(session, provider, capacity=3), 1)
    names = {"ada@example.test": 'Ada "A" Lovelace', "sara@example.test": "שרה לוי, " + "y" * 80}
    booked = [
        await book_appointment(session, GUEST, asking(slot, customer_name=name, customer_email=email), NOW)
        for email, name in names.items()
    ]
    sent = [await sent_to(session, email) for email in names]
    await cancel_appointments(session, owner_of(provider), [each.id for each in booked], "", NOW.replace(minute=1))
    sent += [await sent_to(session, email) for email in names]
    for mail, email, other, each, method, sequence in zip(
        sent,
        [*names] * 2,
        [*reversed(names)] * 2,
        booked * 2,
        ["REQUEST"] * 2 + ["CANCEL"] * 2,
        [0, 0, 1, 1],
        strict=True,
    ):
        assert other not in mail.text + mail.html + mail.attachments[0].content.decode()
        assert names[other] not in mail.text
        raw, invite = mail.attachments[0].content, calendar(mail)
        assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert (invite["METHOD"], invite["VERSION"]) == (method, "2.0")
        [event] = invite.walk("VEVENT")
        assert (event["UID"], event["SEQUENCE"]) == (f"{each.id}@appointly", sequence)
        assert (event["ATTENDEE"], event["ORGANIZER"]) == (f"mailto:{email}", "mailto:hello@appointly.example")
        assert event["ATTENDEE"].params["CN"] == names[email].replace('"', "'")
        assert (event["DTSTAMP"].dt, event["DTSTART"].dt) == (NOW.replace(minute=sequence), slot.start_time)
        assert event["STATUS"] == ("CONFIRMED" if method == "REQUEST" else "CANCELLED")
        assert b"TZID" not in raw, "all in UTC: no zone has to be told"


async def sent_to(session: AsyncSession, email: str) -> Mail:
    """The newest mail to this address."""
    newest = select(Message).where(Message.recipient == email).order_by(col(Message.created_at).desc()).limit(1)
    news = await news_of(session, (await session.exec(newest)).one().id, NOW)
    assert news
    return compose(news, settings())


async def test_a_cancelled_request_takes_no_invitation_back(session: AsyncSession) -> None:
    provider = await make_provider(session)
    slots = await make_slots(session, await make_service(session, provider, approval="manual"), 2)
    first = await book_appointment(session, GUEST, asking(slots[0]), NOW)
    second = await book_appointment(session, GUEST, asking(slots[1]), NOW)
    later = NOW.replace(minute=1)
    await cancel_appointments(session, owner_of(provider), [first.id], "", later)
    await decline_appointment(session, owner_of(provider), second.id, later, "Fully booked\nSorry")
    mails = await mails_of(session)
    assert not mails["cancelled"][1].attachments
    assert "Studio Nine had to cancel" in mails["cancelled"][1].text
    assert "booking_cancelled" not in mails  # whoever did it knows
    assert "> Fully booked\n> Sorry" in mails["declined"][1].text


async def test_an_answer_reaches_the_customer_as_long_as_there_is_one(session: AsyncSession) -> None:
    provider = await make_provider(session)
    [slot] = await make_slots(session, await make_service(session, provider), 1)
    await book_appointment(session, GUEST, asking(slot), NOW)
    mails = await mails_of(session)
    news, mail = mails["new_booking"]
    assert (mail.reply_to, mails["confirmed"][1].reply_to) == ("grace@example.test", "")
    assert f"/dashboard/bookings?booking={news.booking.reference}" in mail.text
    gone = replace(news, booking=replace(news.booking, customer_email="deleted-1@deleted.invalid"))
    mail = compose(gone, settings())
    assert "deleted.invalid" not in mail.reply_to + mail.text + mail.html


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_escapes_what_people_write(session: AsyncSession, kind: str) -> None:
    provider = await make_provider(session)
    provider.business_name = HOSTILE
    [slot] = await make_slots(session, await make_service(session, provider, title=HOSTILE), 1)
    await book_appointment(session, GUEST, asking(slot, customer_name=HOSTILE, notes=HOSTILE), NOW)
    news, _ = (await mails_of(session))["confirmed"]
    times = dict.fromkeys(("from", "to", "until"), NOW.isoformat())
    mail = compose(replace(news, kind=kind, reason=HOSTILE, detail=times), settings())
    assert "<img" not in mail.html
    assert "&lt;img" in mail.html
    assert "\n" not in mail.subject
    body = mail.html[mail.html.index("<table") :]
    assert set(re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", body)))) <= set(re.findall(r"\w+", mail.text))
    for attachment in mail.attachments:
        assert base64.b64encode(attachment.content)
        assert b"\r\nEND:VCALENDAR" in attachment.content
