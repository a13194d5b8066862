"""The code that finishes a provider's sign-in: whose it is, how often it may be tried, and for how long."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.domain.one_time_code import CODE_LIFE, CODES_AN_HOUR, MOST_ATTEMPTS, PAUSE, code_of, digits_of
from appointly.emails.accounts import compose
from appointly.errors import CodeJustSent, CredentialsInvalid, OtpAttemptsUsed, OtpExpired, OtpInvalid, TooManyCodes
from appointly.models import Job, OneTimeCode, User
from appointly.operations.redeem_sign_in_code import redeem_sign_in_code
from appointly.operations.send_sign_in_code import (
    AskedCode,
    end_sign_in_codes,
    send_another_code,
    send_sign_in_code,
)
from appointly.queries.accounts import Account
from appointly.settings import settings
from tests.making import NOW, make_user
from tests.processes import TEST_SECRET

A_SECOND = timedelta(seconds=1)


@pytest.fixture
async def olga(session: AsyncSession) -> User:
    return await make_user(session, "Olga Owner", "provider")


def right(asked: AskedCode) -> str:
    return code_of(TEST_SECRET, asked.id)


def wrong(asked: AskedCode) -> str:
    return f"{(int(right(asked)) + 1) % 10**6:06}"


async def redeem(session: AsyncSession, asked: AskedCode, typed: str, at=NOW, browser: str = "") -> Account | None:  # type: ignore[no-untyped-def]
    return await redeem_sign_in_code(session, asked.id, browser or asked.browser, typed, TEST_SECRET, at)


async def row(session: AsyncSession, asked: AskedCode) -> OneTimeCode:
    found = await session.get_one(OneTimeCode, asked.id)
    await session.refresh(found)
    return found


async def test_the_code_in_the_mail_signs_in_once(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    [job] = await session.exec(select(Job))
    mail = compose(job.payload, settings())
    assert (mail.to, mail.subject) == (olga.email, f"{right(asked)} is your sign-in code")
    account = await redeem(session, asked, right(asked))
    assert account
    assert (account.id, account.role) == (olga.id, "provider")
    with pytest.raises(OtpExpired):
        await redeem(session, asked, right(asked))
    assert (await row(session, asked)).used_at == NOW


async def test_neither_code_nor_browser_is_kept_anywhere(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    [job] = await session.exec(select(Job))
    kept = f"{await row(session, asked)!r} {job!r}"
    assert asked.browser not in kept
    assert right(asked) not in kept.replace(str(asked.id), "")


@pytest.mark.parametrize("before", [None, NOW - timedelta(days=9)])
async def test_it_proves_the_address(session: AsyncSession, olga: User, before: object) -> None:
    olga.email_verified_at = before  # type: ignore[assignment]
    await session.flush()
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    await redeem(session, asked, right(asked))
    await session.refresh(olga)
    assert olga.email_verified_at == (before or NOW)


async def test_an_address_changed_meanwhile_is_not_proved(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    olga.email = "new@example.test"
    await session.flush()
    await redeem(session, asked, right(asked))
    await session.refresh(olga)
    assert olga.email_verified_at is None


async def test_five_minutes(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    with pytest.raises(OtpExpired):
        await redeem(session, asked, right(asked), NOW + CODE_LIFE)
    assert await redeem(session, asked, right(asked), NOW + CODE_LIFE - A_SECOND)


async def test_five_attempts(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    for _ in range(MOST_ATTEMPTS):
        assert await redeem(session, asked, wrong(asked)) is None
    for typed in (right(asked), wrong(asked)):
        with pytest.raises(OtpAttemptsUsed):
            await redeem(session, asked, typed)
    assert (await row(session, asked)).attempts == MOST_ATTEMPTS


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "12345\0", "\ud800", "1" * 5000])
async def test_what_is_no_code_costs_no_attempt(session: AsyncSession, olga: User, typed: str) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    with pytest.raises(OtpInvalid):
        await redeem(session, asked, typed)
    assert (await row(session, asked)).attempts == 0


async def test_another_browser_gets_nowhere_and_costs_nothing(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    for typed in [right(asked), wrong(asked)] * 5:
        with pytest.raises(OtpInvalid):
            await redeem(session, asked, typed, browser="another browser")
    with pytest.raises(OtpInvalid):
        await send_another_code(session, asked.id, "another browser", NOW + PAUSE)
    with pytest.raises(OtpInvalid):
        await redeem(session, AskedCode(uuid4(), asked.browser), right(asked))
    assert (await row(session, asked)).attempts == 0
    assert await redeem(session, asked, right(asked))


async def test_a_second_sign_in_elsewhere_replaces_the_code(session: AsyncSession, olga: User) -> None:
    first = await send_sign_in_code(session, olga.id, "", NOW)
    second = await send_sign_in_code(session, olga.id, "somebody else's", NOW + A_SECOND)
    assert first.browser != second.browser
    with pytest.raises(OtpExpired):
        await redeem(session, first, right(first), NOW + A_SECOND)
    assert await redeem(session, second, right(second), NOW + A_SECOND)


async def test_the_same_click_twice_sends_one_mail(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    assert await send_sign_in_code(session, olga.id, asked.browser, NOW + A_SECOND) == asked
    later = await send_sign_in_code(session, olga.id, asked.browser, NOW + PAUSE)
    assert later.id != asked.id
    assert len(list(await session.exec(select(Job)))) == 2


async def test_another_code_after_a_pause(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    with pytest.raises(CodeJustSent) as refusal:
        await send_another_code(session, asked.id, asked.browser, NOW + timedelta(seconds=17.5))
    assert refusal.value.details == {"retry_after": 43}
    for _ in range(MOST_ATTEMPTS - 1):
        await redeem(session, asked, wrong(asked))
    again = await send_another_code(session, asked.id, asked.browser, NOW + PAUSE)
    with pytest.raises(OtpExpired):
        await redeem(session, asked, right(asked), NOW + PAUSE)
    with pytest.raises(OtpExpired):
        await send_another_code(session, asked.id, asked.browser, NOW + 2 * PAUSE)
    assert await redeem(session, again, right(again), NOW + PAUSE + CODE_LIFE - A_SECOND)


async def test_no_other_code_without_the_password_when_it_is_over(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    with pytest.raises(OtpExpired):
        await send_another_code(session, asked.id, asked.browser, NOW + CODE_LIFE)
    for _ in range(MOST_ATTEMPTS):
        await redeem(session, asked, wrong(asked))
    with pytest.raises(OtpAttemptsUsed):
        await send_another_code(session, asked.id, asked.browser, NOW + PAUSE)


async def test_an_hourly_ceiling_leaves_the_last_one_good(session: AsyncSession, olga: User) -> None:
    for number in range(CODES_AN_HOUR):
        asked = await send_sign_in_code(session, olga.id, "", NOW + number * A_SECOND)
    at = NOW + 2 * PAUSE
    with pytest.raises(TooManyCodes) as refusal:
        await send_sign_in_code(session, olga.id, "", at)
    assert refusal.value.details == {"retry_after": 3600 - 120}
    with pytest.raises(TooManyCodes):
        await send_another_code(session, asked.id, asked.browser, at)
    assert await send_sign_in_code(session, olga.id, asked.browser, at) == asked
    assert await redeem(session, asked, right(asked), at)
    assert await send_sign_in_code(session, olga.id, "", NOW + timedelta(hours=1))


async def test_nobody_elses_codes_count(session: AsyncSession, olga: User) -> None:
    other = await make_user(session, "Otto Other", "provider")
    for _ in range(CODES_AN_HOUR):
        await send_sign_in_code(session, other.id, "", NOW)
    assert await send_sign_in_code(session, olga.id, "", NOW)


async def test_a_change_of_password_ends_what_is_on_its_way(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    await end_sign_in_codes(session, olga.id, NOW)
    with pytest.raises(OtpExpired):
        await redeem(session, asked, right(asked))


async def test_a_disabled_account_gets_neither_code_nor_in(session: AsyncSession, olga: User) -> None:
    asked = await send_sign_in_code(session, olga.id, "", NOW)
    await execute(session, 'UPDATE "user" SET disabled_at = %(now)s', now=NOW)
    with pytest.raises(CredentialsInvalid):
        await send_sign_in_code(session, olga.id, "", NOW)
    with pytest.raises(CredentialsInvalid):
        await redeem(session, asked, right(asked))


@pytest.mark.parametrize(
    "typed",
    [
        "012345",
        " 012 345\n",
        "012-345",
        "012\u2013345",
        "0\u200b1\u200b2345\ufeff",
        "012345 is your sign-in code",
        "Your code: 012345. It is good for 5 minutes.",
        "０１２３４５",
        "٠١٢٣٤٥",
    ],
)
def test_a_code_may_be_pasted_as_it_comes(typed: str) -> None:
    assert digits_of(typed) == "012345"


@pytest.mark.parametrize("typed", ["", "01234", "0123456", "012345 or 543210", "a012345678b", "½½½½½½", "IVIVIV"])
def test_what_is_not_one_code_is_none(typed: str) -> None:
    assert digits_of(typed) == ""
