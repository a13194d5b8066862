"""How long a sign-in lasts, by role and with a moved clock, and its new secret when rights rise."""

from datetime import timedelta

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.database.statement import execute
from appointly.errors import NotSignedIn
from appointly.models import User
from appointly.operations.note_visit import note_visit
from appointly.operations.rotate_session import rotate_session
from appointly.operations.sign_in import sign_in
from appointly.operations.sign_out import sign_out
from appointly.queries.sessions import IDLE_LIMITS, LIFETIMES, session_by_id, session_for_token
from tests.making import NOW, account_of, customer, make_user

ROLES = ["customer", "provider", "admin"]
A_SECOND = timedelta(seconds=1)


async def an_account(session: AsyncSession, role: str) -> User:
    return await make_user(session, role=role)


@pytest.mark.parametrize("role", ROLES)
async def test_an_unused_sign_in_ends(session: AsyncSession, role: str) -> None:
    user = await an_account(session, role)
    new = await sign_in(session, account_of(user), NOW)
    assert await session_for_token(session, new.token, NOW + IDLE_LIMITS[role] - A_SECOND)
    assert await session_for_token(session, new.token, NOW + IDLE_LIMITS[role]) is None
    assert await session_by_id(session, new.id, NOW + IDLE_LIMITS[role]) is None


@pytest.mark.parametrize("role", ROLES)
async def test_a_used_one_ends_too(session: AsyncSession, role: str) -> None:
    user = await an_account(session, role)
    new = await sign_in(session, account_of(user), NOW)
    assert new.expires_at == NOW + LIFETIMES[role]
    at = NOW
    while at < new.expires_at:
        found = await session_for_token(session, new.token, at)
        assert found, at - NOW
        await note_visit(session, found, at)
        at += IDLE_LIMITS[role] / 2
    assert await session_for_token(session, new.token, new.expires_at) is None


def test_who_can_do_more_signs_in_more_often() -> None:
    for limits in (LIFETIMES, IDLE_LIMITS):
        assert limits["customer"] > limits["provider"] > limits["admin"]


async def test_when_rights_rise_the_secret_is_a_new_one(session: AsyncSession) -> None:
    user = await an_account(session, "customer")
    new = await sign_in(session, account_of(user), NOW)
    await execute(session, "UPDATE \"user\" SET role = 'provider' WHERE id = %(id)s", id=user.id)
    token = await rotate_session(session, new.id, NOW + A_SECOND)
    assert await session_for_token(session, new.token, NOW + A_SECOND) is None
    found = await session_for_token(session, token, NOW + A_SECOND)
    assert found
    assert (found.id, found.kind) == (new.id, "provider")
    ends = NOW + A_SECOND + LIFETIMES["provider"]
    assert await execute(session, "SELECT FROM login_session WHERE expires_at = %(ends)s", ends=ends) == 1


async def test_an_ended_sign_in_gets_no_new_secret(session: AsyncSession) -> None:
    user = await an_account(session, "customer")
    new = await sign_in(session, account_of(user), NOW)
    with pytest.raises(NotSignedIn):
        await rotate_session(session, new.id, new.expires_at)
    await sign_out(session, customer(user), new.id)
    with pytest.raises(NotSignedIn):
        await rotate_session(session, new.id, NOW)
