"""The key of a mailed link."""

from appointly.domain.manage_key import manage_key, opens
from appointly.models.base import uuid7


def test_a_key_opens_its_own_booking_alone() -> None:
    one, other = uuid7(), uuid7()
    key = manage_key("secret", one)
    assert len(key) == 64
    assert opens("secret", one, key)
    assert not opens("secret", other, key)
    assert not opens("other secret", one, key)
    for wrong in ("", key[:-1], key.upper(), key + "0", "é", "\0", "\ud800"):
        assert not opens("secret", one, wrong)
