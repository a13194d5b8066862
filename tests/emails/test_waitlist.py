"""What those who wait are written, and until when a mail about an offer is worth sending."""

from datetime import date, timedelta

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.domain.manage_key import manage_key
from appointly.emails.mail import Mail
from appointly.emails.waitlist import KINDS, compose
from appointly.models import WaitlistEntry, WaitlistOffer
from appointly.operations.answer_offer import leave_waitlist, pass_offer
from appointly.queries.waitlist_mails import news_of_place
from appointly.settings import settings
from tests.making import NOW, customer, make_user
from tests.operations.waiting import Line, holding, make_line

HOSTILE = "<img src=x onerror=alert(1)>"


async def offered(session: AsyncSession, line: Line) -> WaitlistOffer:
    """The time of the first booking, which is called off, offered to the first in line."""
    await line.cancel(0)
    return (await session.exec(select(WaitlistOffer))).one()


async def written(session: AsyncSession, kind: str, entry: WaitlistEntry, offer: WaitlistOffer | None = None) -> Mail:
    news = await news_of_place(session, kind, entry.id, offer.id if offer else None, NOW)
    assert news
    return compose(news, settings())


async def test_the_time_until_when_and_the_link_that_opens_it(session: AsyncSession) -> None:
    line = await make_line(session)
    entry = await line.wait(HOSTILE)
    offer = await offered(session, line)
    mail = await written(session, "offered", entry, offer)
    assert mail.subject == "A time is free: Tue 24 Nov, 10:00, Haircut at Studio Nine"
    key = manage_key(settings().require_secret(), entry.id)
    for words in ("Tuesday 24 November 2026", "10:00 (Berlin time)", "until Mon 23 Nov, 11:00 (Berlin time)"):
        assert words in mail.text
        assert words in mail.html
    assert f"/session/waitlist/{entry.id}?key={key}" in mail.text
    assert "<img" not in mail.html


async def test_in_the_readers_own_zone_and_the_providers(session: AsyncSession) -> None:
    line = await make_line(session)
    reader = await make_user(session)
    reader.time_zone = "America/New_York"
    entry = await line.wait("Ada", actor=customer(reader))
    entry.customer_email = reader.email
    await session.flush()
    mail = await written(session, "offered", entry, await offered(session, line))
    assert mail.to == reader.email
    for words in ("Tue 24 Nov, 04:00", "until Mon 23 Nov, 05:00 (New York time)", "10:00 (Berlin time)"):
        assert words in mail.text


async def test_an_offer_that_is_over_is_not_written_about(session: AsyncSession) -> None:
    line = await make_line(session)
    entry = await line.wait("Ann")
    offer = await offered(session, line)
    instant = timedelta(microseconds=1)
    assert await news_of_place(session, "offered", entry.id, offer.id, offer.expires_at - instant)
    assert await news_of_place(session, "offered", entry.id, offer.id, offer.expires_at) is None
    other = await line.wait("Ben")
    assert await news_of_place(session, "offered", other.id, offer.id, NOW) is None
    await pass_offer(session, holding(entry), entry.id, NOW)
    assert await news_of_place(session, "offered", entry.id, offer.id, NOW) is None
    assert await news_of_place(session, "joined", entry.id, None, NOW)
    await leave_waitlist(session, holding(entry), entry.id, NOW)
    assert await news_of_place(session, "joined", entry.id, None, NOW) is None


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_each_letter_names_what_who_and_which_days(session: AsyncSession, kind: str) -> None:
    line = await make_line(session)
    entry = await line.wait("Ann", line.slots[0].slot_date, date(2026, 11, 25))
    offer = await offered(session, line) if kind == "offered" else None
    mail = await written(session, kind, entry, offer)
    assert mail.to == "ann@example.test"
    for words in ("Hello Ann", "Haircut", "Studio Nine", "Tuesday 24 November", "Wednesday 25 November"):
        assert words in mail.text
        assert words in mail.html
