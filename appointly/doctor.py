"""`appointly doctor`: looks at everything a booking needs, and says what is wrong and how to mend it."""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import httpx
import psycopg
import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from appointly import clock
from appointly.database.migrate import newest_revision
from appointly.errors import GatewayFailed, SettingsInvalid
from appointly.gateways import files
from appointly.gateways.calendar_fetch import allowed_networks
from appointly.origin import trusted
from appointly.routes import GOOGLE_CALENDAR_CALLBACK, GOOGLE_CALLBACK
from appointly.settings import settings

OLDEST_POSTGRES = 150000
CLOCK_TOLERANCE = timedelta(seconds=2)
PATIENCE = 5
PROBE = UUID(int=0)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, what was found, and how to mend it; `breaks` a booking, or is only worth knowing."""

    name: str
    text: str
    fix: str = ""
    breaks: bool = False


Check = Callable[[], Awaitable[list[Finding]]]


async def examine() -> int:
    """Print every finding; 1 if anything would break a booking, else 0."""
    found = [finding for check in CHECKS for finding in await check()]
    for finding in found:
        mark = "✗" if finding.breaks else "!" if finding.fix else "✓"
        print(f"{mark} {finding.name}: {finding.text}" + (f"\n    {finding.fix}" if finding.fix else ""))
    return int(any(finding.breaks for finding in found))


async def check_settings() -> list[Finding]:
    """The secret key and the public address."""
    config = settings()
    found = []
    try:
        config.require_secret()
        found.append(Finding("Secret key", "set"))
    except SettingsInvalid as error:
        found.append(Finding("Secret key", "missing or unsafe", error.message, breaks=True))
    address = urlsplit(config.base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        found.append(
            Finding("Address", f"{config.base_url!r} is not one", "Set APPOINTLY_BASE_URL to https://…", breaks=True)
        )
    elif address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1"):
        found.append(Finding("Address", config.base_url, "Use https, or sign-in cookies can be read on the way."))
    else:
        found.append(Finding("Address", config.base_url))
    try:
        config.require_limits()
        trusted(config.trusted_proxies)
        found.append(Finding("Limits", f"× {config.rate_limit_factor:g}"))
    except SettingsInvalid as error:
        found.append(Finding("Limits", "cannot be used", error.message, breaks=True))
    found += _calendar_networks()
    if config.demo:
        found.append(Finding("Demo mode", "on", "Anyone can sign in as anyone. Set APPOINTLY_DEMO=0 for real use."))
    return found


def _calendar_networks() -> list[Finding]:
    """The private networks in which providers' calendars may be fetched; none is said nothing about."""
    listed = settings().calendar_networks
    try:
        named = allowed_networks(listed)
    except ValueError as error:
        return [
            Finding("Calendars elsewhere", f"APPOINTLY_CALENDAR_NETWORKS: {error}", "Write 10.1.0.0/16.", breaks=True)
        ]
    if not named:
        return []
    fix = "" if settings().demo else "Every provider can have us ask any address there. Name as few as you need."
    return [Finding("Calendars elsewhere", f"are also fetched from {listed}", fix)]


async def check_database() -> list[Finding]:
    """The server's age, the tables' revision, and its clock and time zones beside ours."""
    url = settings().database_url
    if not url:
        return [Finding("Database", "not set", "Set DATABASE_URL=postgresql://…, or use appointly up.", breaks=True)]
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=PATIENCE, autocommit=True) as connection:
            version = connection.info.server_version
            if version < OLDEST_POSTGRES:
                return [
                    Finding("Database", f"PostgreSQL {version // 10000}", "15 or newer is needed.", breaks=True),
                ]
            return [
                Finding("Database", f"PostgreSQL {version // 10000} answers"),
                await _tables(connection),
                await _clock(connection),
                await _zones(connection),
            ]
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        return [Finding("Database", f"cannot be reached: {reason}", "Check DATABASE_URL and the server.", breaks=True)]


async def _tables(connection: psycopg.AsyncConnection) -> Finding:
    known = await (await connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL")).fetchone()
    row = None
    if known and known[0]:
        row = await (await connection.execute("SELECT version_num FROM alembic_version")).fetchone()
    newest = newest_revision()
    if row and row[0] == newest:
        return Finding("Tables", f"at the newest revision, {newest}")
    have = f"at revision {row[0]}" if row else "missing"
    return Finding("Tables", f"{have}, this version needs {newest}", "Run: appointly migrate", breaks=True)


async def _clock(connection: psycopg.AsyncConnection) -> Finding:
    row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
    apart = abs(clock.now() - row[0]) if row else timedelta(0)
    if apart > CLOCK_TOLERANCE:
        text = f"{apart.total_seconds():.0f} s apart from the database's"
        return Finding("Clock", text, "Set both clocks by NTP: deadlines and reminders go by them.", breaks=True)
    return Finding("Clock", "agrees with the database's")


async def _zones(connection: psycopg.AsyncConnection) -> Finding:
    """Slots are made by the database's zones and shown by Python's: both must say the same."""
    missing = [zone for zone in ZONES if zone not in available_timezones()]
    if missing:
        return Finding("Time zones", f"Python lacks {', '.join(missing)}", "Run: pip install -U tzdata", breaks=True)
    for zone in ZONES:
        for days in range(0, 366, 30):
            instant = clock.now().replace(microsecond=0) + timedelta(days=days)
            query = "SELECT %s::timestamptz AT TIME ZONE %s"
            row = await (await connection.execute(query, [instant, zone])).fetchone()
            if row and row[0] != instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None):
                text = f"the database and Python differ about {zone} on {instant:%Y-%m-%d}"
                return Finding("Time zones", text, "Update PostgreSQL and the package tzdata.", breaks=True)
    return Finding("Time zones", f"{len(available_timezones())} known, and the database agrees")


async def check_broker() -> list[Finding]:
    """The broker answers and does not throw away what it was given."""
    if not settings().redis_url:
        return [Finding("Broker", "not set", "Set REDIS_URL=redis://…, or use appointly up.", breaks=True)]
    try:
        async with redis.Redis.from_url(
            settings().redis(2), socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        ) as client:
            memory = await client.info("memory")
    except (redis.RedisError, OSError) as error:
        return [Finding("Broker", f"cannot be reached: {error}", "Check REDIS_URL and the server.", breaks=True)]
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        return [Finding("Broker", f"evicts by {policy}", "Set maxmemory-policy to noeviction in its configuration.")]
    return [Finding("Broker", "answers")]


async def check_mail() -> list[Finding]:
    """There is a way to send mail. Nothing is sent."""
    config = settings()
    if config.resend_api_key:
        return [Finding("Mail", f"through Resend, from {config.mail_from}")]
    if not config.smtp_url:
        if config.demo:
            return [Finding("Mail", "goes to the development mailbox")]
        return [
            Finding("Mail", "cannot be sent", "Set RESEND_API_KEY, or SMTP_URL=smtp://user:password@host:587.", True)
        ]
    try:
        await asyncio.to_thread(_greet_smtp, config.smtp_url)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return [Finding("Mail", f"the SMTP server does not answer: {error}", "Check SMTP_URL.", breaks=True)]
    return [Finding("Mail", f"through SMTP, from {config.mail_from}")]


def _greet_smtp(url: str) -> None:
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "", parts.port or 0, timeout=PATIENCE) as server:
        server.ehlo()


async def check_google() -> list[Finding]:
    """Signing in with Google is either set up as a whole or not at all."""
    config = settings()
    if not config.google_client_id and not config.google_client_secret:
        return [Finding("Google sign-in", "not set up, so its button is not shown")]
    if not config.google_sign_in:
        missing = "GOOGLE_CLIENT_SECRET" if config.google_client_id else "GOOGLE_CLIENT_ID"
        return [Finding("Google sign-in", "half set up, so its button is not shown", f"Set {missing} too.")]
    try:
        async with httpx.AsyncClient(timeout=PATIENCE) as client:
            answer = await client.get(config.google_discovery_url)
        issuer = answer.raise_for_status().json()["issuer"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        reason = f"cannot be described: {error!r}"
        return [Finding("Google sign-in", reason, "Check GOOGLE_DISCOVERY_URL and the way out of this network.")]
    return [Finding("Google sign-in", f"by {issuer}; answers come to {config.base_url}{GOOGLE_CALLBACK}")]


async def check_google_calendar() -> list[Finding]:
    """Who answers when providers connect their Google Calendar."""
    config = settings()
    if config.google_calendar_demo:
        return [Finding("Google Calendar", "the demo's stand-in answers")]
    if not config.google_calendars:
        return [Finding("Google Calendar", "not set up: it takes the keys of the sign-in")]
    answers = f"{config.google_address('calendar')}; answers come to {config.base_url}{GOOGLE_CALENDAR_CALLBACK}"
    return [Finding("Google Calendar", answers)]


async def check_files() -> list[Finding]:
    """Pictures can be written, read and removed."""
    try:
        await files.put(PROBE, {"small": b"a picture"})
        found = await files.get(PROBE, "small")
        await files.delete(PROBE)
    except (SettingsInvalid, GatewayFailed) as error:
        fix = "Check APPOINTLY_FILES_URL and the AWS_ settings, or whether APPOINTLY_HOME can be written."
        return [Finding("Pictures", error.message.splitlines()[0], fix)]
    if found is None:
        return [Finding("Pictures", "are forgotten by the store", "Check APPOINTLY_FILES_URL.")]
    where = settings().files_url or "a folder of this machine, which no other web machine can read"
    return [Finding("Pictures", f"are kept in {where}")]


CHECKS: list[Check] = [
    check_settings,
    check_database,
    check_broker,
    check_mail,
    check_google,
    check_google_calendar,
    check_files,
]
