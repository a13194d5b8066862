"""What is mailed late is what still helps."""

from appointly.clock import now
from appointly.database import transaction
from appointly.domain.one_time_code import code_of
from appointly.operations.redeem_sign_in_code import redeem_sign_in_code
from appointly.operations.send_sign_in_code import send_sign_in_code
from tests.making import make_user
from tests.processes import TEST_SECRET
from tests.tasks.conftest import Gate


async def test_of_several_codes_the_one_that_is_good_is_mailed(gate: Gate, to_gate: None) -> None:
    from tasks import jobs

    async with transaction() as session:
        olga, uwe = await make_user(session, "Olga", "provider"), await make_user(session, "Uwe", "provider")
        await send_sign_in_code(session, olga.id, "", now())
        good = await send_sign_in_code(session, olga.id, "", now())  # another browser: it takes the first one's place
        used = await send_sign_in_code(session, uwe.id, "", now())
        typed = code_of(TEST_SECRET, used.id)
        assert await redeem_sign_in_code(session, used.id, used.browser, typed, TEST_SECRET, now())
    await jobs._sweep()
    assert await gate.mails() == [(olga.email, f"{code_of(TEST_SECRET, good.id)} is your sign-in code")]
