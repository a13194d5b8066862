"""The mails about a place in line."""

from zoneinfo import ZoneInfo

from appointly import routes
from appointly.display.formatting import clock_time, day_and_time, local_time, long_day, zone_name
from appointly.domain.manage_key import manage_key
from appointly.emails.layout import Letter, as_mail
from appointly.emails.mail import Mail
from appointly.queries.waitlist_mails import PlaceNews
from appointly.settings import Settings

BECAUSE = "You get this mail because this address was put on a waiting list at Appointly."


def compose(news: PlaceNews, settings: Settings) -> Mail:
    """The mail of one of the kinds below. Times are in the reader's zone, which is named."""
    link = settings.base_url + routes.open_waitlist(news.entry_id, manage_key(settings.require_secret(), news.entry_id))
    return as_mail(KINDS[news.kind](news, link, settings), news.recipient)


def _facts(news: PlaceNews, *more: tuple[str, str]) -> list[tuple[str, str]]:
    days = "\n".join(long_day(each) for each in news.dates)
    return [("What", news.service_title), ("With", news.provider_name), *more, ("Days you wait for", days)]


def _joined(news: PlaceNews, link: str, settings: Settings) -> Letter:
    return Letter(
        subject=f"You are on the list: {news.service_title} at {news.provider_name}",
        preview="We write as soon as a time becomes free.",
        heading="You are on the waiting list",
        sentences=[
            f"Hello {news.customer_name},",
            "As soon as a time becomes free on a day you wait for, we keep it for you for a while and write to you.",
        ],
        facts=_facts(news),
        button=("See or leave the list", link),
        small_print="This link opens your place in line without an account. Keep it to yourself.",
        because=BECAUSE,
    )


def _offered(news: PlaceNews, link: str, settings: Settings) -> Letter:
    assert news.start is not None  # noqa: S101 - an offer's mail has its offer
    assert news.expires_at is not None  # noqa: S101
    zone = news.reader_zone
    local = news.start.astimezone(ZoneInfo(zone))
    short = day_and_time(news.start, zone)  # never "today": it may be read tomorrow
    kept = day_and_time(news.expires_at, zone)
    when = f"{long_day(local.date())} {local.year}\n{local_time(local)} ({zone_name(zone)})"
    if zone != news.time_zone:
        there = news.start.astimezone(ZoneInfo(news.time_zone))
        when += f"\n{long_day(there.date())}, {clock_time(news.start, news.time_zone)} ({zone_name(news.time_zone)})"
    return Letter(
        subject=f"A time is free: {short}, {news.service_title} at {news.provider_name}",
        preview=f"It is kept for you until {kept} ({zone_name(zone)}).",
        heading=f"A time is free: {short}",
        sentences=[
            f"Hello {news.customer_name},",
            f"It is kept for you until {kept} ({zone_name(zone)}). After that, the next one in line gets it.",
        ],
        facts=_facts(news, ("When", when)),
        button=("Take it or pass", link),
        small_print="You stay on the list for other times if you pass. Keep this link to yourself.",
        because=BECAUSE,
    )


def _withdrawn(news: PlaceNews, link: str, settings: Settings) -> Letter:
    return Letter(
        subject=f"The waiting list is closed: {news.service_title} at {news.provider_name}",
        preview="This service is no longer offered.",
        heading="You no longer wait for this",
        sentences=[
            f"Hello {news.customer_name},",
            f"{news.provider_name} no longer offers this, so there is nothing left to wait for. We are sorry.",
        ],
        facts=_facts(news),
        button=("Find something else", settings.base_url + routes.search()),
        because=BECAUSE,
    )


def _removed(news: PlaceNews, link: str, settings: Settings) -> Letter:
    return Letter(
        subject=f"You are no longer on the list: {news.service_title} at {news.provider_name}",
        preview=f"{news.provider_name} has taken you off the waiting list.",
        heading="You are no longer on the waiting list",
        sentences=[
            f"Hello {news.customer_name},",
            f"{news.provider_name} has taken you off the list. You can still book any time that is free.",
        ],
        facts=_facts(news),
        button=("See the service", settings.base_url + routes.service(news.service_slug)),
        because=BECAUSE,
    )


KINDS = {"joined": _joined, "offered": _offered, "withdrawn": _withdrawn, "removed": _removed}
