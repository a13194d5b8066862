"""One typed `Settings`, read once from the environment and `.env`."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url

from appointly.errors import SettingsInvalid

MOST_FACTOR = 100
PLACEHOLDER_SECRETS = {"", "change-me", "changeme", "secret", "demo"}


class Settings(BaseSettings):
    """Every setting of the product; `.env.example` lists them with their defaults."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    base_url: str = Field("http://127.0.0.1:8000", alias="APPOINTLY_BASE_URL")
    home: Path = Field(Path(".appointly"), alias="APPOINTLY_HOME")
    demo: bool = Field(False, alias="APPOINTLY_DEMO")
    admin_password: str = Field("", alias="APPOINTLY_ADMIN_PASSWORD")
    trusted_proxies: str = Field("", alias="APPOINTLY_TRUSTED_PROXIES")
    rate_limit_factor: float = Field(1, alias="APPOINTLY_RATE_LIMIT_FACTOR", ge=0.1, le=1_000_000)
    database_pool_size: int = Field(16, alias="APPOINTLY_DATABASE_POOL_SIZE", ge=1, le=200)
    calendar_networks: str = Field("", alias="APPOINTLY_CALENDAR_NETWORKS")
    platform_fee_bps: int = Field(500, alias="APPOINTLY_PLATFORM_FEE_BPS", ge=0, le=10_000)

    files_url: str = Field("", alias="APPOINTLY_FILES_URL")
    aws_access_key_id: str = ""
    aws_secret_access_key: str = ""
    aws_region: str = ""
    aws_endpoint_url: str = ""

    resend_api_key: str = ""
    resend_api_url: str = ""
    smtp_url: str = ""
    mail_from: str = "Appointly <hello@appointly.example>"

    google_client_id: str = ""
    google_client_secret: str = ""
    google_discovery_url: str = "https://accounts.google.com/.well-known/openid-configuration"
    google_oauth_authorize_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_oauth_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105
    google_calendar_api_base: str = "https://www.googleapis.com/calendar/v3"

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure wherever the public address is https."""
        return self.base_url.startswith("https://")

    @property
    def google_sign_in(self) -> bool:
        """Whether people may sign in with Google: both keys are there."""
        return bool(self.google_client_id and self.google_client_secret)

    @property
    def google_calendar_demo(self) -> bool:
        """Whether calendars of Google are the demo's: in demo mode without keys."""
        return self.demo and not self.google_sign_in

    @property
    def google_client(self) -> tuple[str, str]:
        """Id and secret of our client at Google; the demo's stand-in has its own."""
        demo = ("appointly-demo", "appointly-demo-secret")
        return demo if self.google_calendar_demo else (self.google_client_id, self.google_client_secret)

    @property
    def google_calendars(self) -> bool:
        """Whether providers may connect their Google Calendar."""
        return self.google_sign_in or self.google_calendar_demo

    def google_address(self, name: str) -> str:
        """Where Google answers for calendars: `authorize`, `token` or `calendar`."""
        if self.google_calendar_demo:
            return f"{self.base_url.rstrip('/')}/dev/google/{'calendar/v3' if name == 'calendar' else name}"
        return {
            "authorize": self.google_oauth_authorize_url,
            "token": self.google_oauth_token_url,
            "calendar": self.google_calendar_api_base,
        }[name]

    def redis(self, number: int) -> str:
        """URL for redis-py of the database `number` places after the one in REDIS_URL.

        0 is Celery's broker, 1 Reflex's state, 2 everything else.
        """
        url = make_url(self.redis_url)
        if url.drivername == "unix":
            first = str(url.query.get("db", "0"))
            return url.update_query_dict({"db": str(int(first) + number)}).render_as_string(hide_password=False)
        first = (url.database or "0").strip("/")
        return url.set(database=str(int(first) + number)).render_as_string(hide_password=False)

    @property
    def broker_url(self) -> str:
        """The broker as Celery writes it."""
        url = self.redis(0)
        if not url.startswith("unix:"):
            return url
        path, _, database = url.removeprefix("unix://").partition("?db=")
        return f"redis+socket://{path}?virtual_host={database}"

    def require_limits(self) -> None:
        """Raises `SettingsInvalid` where limits are as good as off for real accounts."""
        if self.rate_limit_factor > MOST_FACTOR and not self.demo:
            raise SettingsInvalid(f"APPOINTLY_RATE_LIMIT_FACTOR is above {MOST_FACTOR}, which only demo mode may have.")

    def require_secret(self) -> str:
        """The secret key. Raises `SettingsInvalid` for a missing or placeholder one."""
        if self.secret_key.strip().lower() in PLACEHOLDER_SECRETS or len(self.secret_key) < 32:
            raise SettingsInvalid(
                "SECRET_KEY is missing, a placeholder or shorter than 32 characters. "
                'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        return self.secret_key


@lru_cache
def settings() -> Settings:
    """The settings of this process, read on first use."""
    return Settings()
