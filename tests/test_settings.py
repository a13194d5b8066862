"""Settings: the URLs that are derived, and the secret that must be real."""

import os

import pytest
from dotenv import dotenv_values

from appointly.errors import SettingsInvalid
from appointly.frontend import ROOT
from appointly.settings import Settings


@pytest.mark.parametrize(
    ("url", "state", "broker"),
    [
        ("redis://cache.example:6379", "redis://cache.example:6379/1", "redis://cache.example:6379/0"),
        ("rediss://u:p%40@cache.example/4", "rediss://u:p%40@cache.example/5", "rediss://u:p%40@cache.example/4"),
        ("unix:///run/v.sock", "unix:///run/v.sock?db=1", "redis+socket:///run/v.sock?virtual_host=0"),
        ("unix:///run/v.sock?db=6", "unix:///run/v.sock?db=7", "redis+socket:///run/v.sock?virtual_host=6"),
    ],
)
def test_one_redis_url_names_three_databases(url: str, state: str, broker: str) -> None:
    settings = Settings(redis_url=url)
    assert settings.redis(1) == state
    assert settings.broker_url == broker


@pytest.mark.parametrize("secret", ["", "change-me", "x" * 31])
def test_a_placeholder_secret_is_refused(secret: str) -> None:
    with pytest.raises(SettingsInvalid, match="SECRET_KEY"):
        Settings(secret_key=secret).require_secret()


def test_a_real_secret_is_taken() -> None:
    assert Settings(secret_key="x" * 32).require_secret() == "x" * 32


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        monkeypatch.delenv(name)
    example = dotenv_values(ROOT / ".env.example")
    assert set(example) == {(field.alias or name).upper() for name, field in Settings.model_fields.items()}
    assert Settings(_env_file=ROOT / ".env.example").model_dump() == Settings(_env_file=None).model_dump()  # type: ignore[call-arg]
