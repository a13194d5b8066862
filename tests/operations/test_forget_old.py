"""What has served its time goes; what is still needed stays."""

from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from appointly.models import IdempotencyKey, Job, LoginSession, OneTimeCode
from appointly.operations.forget_old import forget_old
from tests.making import NOW, make_user


def a_job(key: str, **fields: object) -> Job:
    return Job(kind="mail", dedupe_key=key, due_at=NOW, **fields)


async def test_only_what_has_served_its_time_goes(session: AsyncSession) -> None:
    user = await make_user(session)
    long_ago, lately = NOW - timedelta(days=31), NOW - timedelta(hours=1)
    session.add_all(
        [
            a_job("done long ago", done_at=long_ago),
            a_job("done lately", done_at=lately),
            a_job("given up long ago", dead_at=long_ago),
            a_job("waiting"),
            IdempotencyKey(actor="a", key="old", fingerprint=b"", created_at=NOW - timedelta(days=3)),
            IdempotencyKey(actor="a", key="new", fingerprint=b"", created_at=lately),
        ]
    )
    for ends in (long_ago, lately):
        session.add(OneTimeCode(user_id=user.id, purpose="sign_in", email=user.email, expires_at=ends, ended_at=ends))
    for name, seen, ends in [
        ("over", lately, lately),
        ("idle", long_ago, NOW + timedelta(days=9)),
        ("living", lately, NOW + timedelta(days=9)),
    ]:
        session.add(LoginSession(user_id=user.id, token_hash=name.encode(), last_seen_at=seen, expires_at=ends))
    await session.flush()

    assert await forget_old(session, NOW) == 5
    assert await forget_old(session, NOW) == 0

    assert set(await session.exec(select(Job.dedupe_key))) == {"done lately", "given up long ago", "waiting"}
    assert list(await session.exec(select(OneTimeCode.expires_at))) == [lately]
    assert set(await session.exec(select(IdempotencyKey.key))) == {"new"}
    assert set(await session.exec(select(LoginSession.token_hash))) == {b"living"}
