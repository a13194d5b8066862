"""Calendars that are one file behind an address, as Google, Outlook, iCloud and others hand out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from appointly.calendar_events import busy_spans
from appointly.domain.calendar import Reading, Window
from appointly.errors import CalendarUnreadable
from appointly.gateways.calendar_fetch import fetch, good

PAGE = (b"<!doctype html", b"<html")
LONGEST_TAG = 500


async def read(secret: Mapping[str, Any], sync: Mapping[str, Any], window: Window) -> Reading:
    """The busy times behind `secret["address"]`. Raises `CalendarUnreadable`."""
    headers = {"Accept": "text/calendar"}
    if "etag" in sync:
        headers["If-None-Match"] = sync["etag"]
    elif "modified" in sync:
        headers["If-Modified-Since"] = sync["modified"]
    answer = await fetch(secret["address"], headers=headers)
    if answer.status == 304 and len(headers) > 1:
        return Reading(None, sync)
    if good(answer, 200).body.lstrip()[:20].lower().startswith(PAGE):
        raise CalendarUnreadable("The address answers with a page, not a calendar.")
    told = {"etag": answer.headers.get("etag"), "modified": answer.headers.get("last-modified")}
    kept = {name: value for name, value in told.items() if value and len(value) < LONGEST_TAG and value.isascii()}
    # Google's addresses hold the owner's: /calendar/ical/ada%40example.com/…
    named = {part for part in unquote(urlsplit(secret["address"]).path).split("/") if "@" in part}
    return Reading(await busy_spans(answer.body, replace(window, owners=window.owners | named)), kept)
