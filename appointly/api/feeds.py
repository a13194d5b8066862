"""Private calendars: the files at `/calendar/{token}.ics`, and their addresses at `/account/feeds`."""

import asyncio
from hashlib import sha256

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from appointly.api.guard import GuardedRoute, access
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.display.feed import TYPE, feed_addresses, feed_file
from appointly.domain.actor import Actor
from appointly.domain.feed_token import Feed, read_feed_token
from appointly.errors import NotFound, NotSignedIn
from appointly.operations.rotate_feeds import rotate_feeds
from appointly.queries.feeds import addresses_of, feed_events
from appointly.settings import settings
from appointly.visitor import current_actor

router = APIRouter(prefix="/account/feeds", tags=["Sign-in"], route_class=GuardedRoute)
files = APIRouter(prefix="/calendar", include_in_schema=False, route_class=GuardedRoute)


class FeedsOut(BaseModel):
    """Secret addresses to subscribe to in a calendar; those of a business are null for accounts without one."""

    own: str
    business: str | None
    business_without_names: str | None


async def _addresses(actor: Actor) -> FeedsOut:
    if actor.user_id is None:
        raise NotSignedIn
    async with reading() as session:
        found = feed_addresses(actor.user_id, await addresses_of(session, actor))
    return FeedsOut(
        own=found[Feed.OWN],
        business=found.get(Feed.BUSINESS),
        business_without_names=found.get(Feed.BUSINESS_WITHOUT_NAMES),
    )


@router.get("")
@access("signed_in")
async def get_feeds(response: Response) -> FeedsOut:
    """The addresses of your private calendars. Whoever has one sees what is in it; no personal token may ask."""
    response.headers["cache-control"] = "no-store"
    return await _addresses(current_actor())


@router.post("/rotate")
@access("signed_in")
async def post_rotate(response: Response) -> FeedsOut:
    """New addresses; the old ones are worth nothing from now on."""
    async with transaction() as session:
        await rotate_feeds(session, current_actor())
    return await get_feeds(response)


@files.api_route("/{token}.ics", methods=["GET", "HEAD"])
@access("public")
async def feed_of_token(token: str, request: Request) -> Response:
    """A private calendar, for whoever has its address. The same content is answered 304."""
    key = read_feed_token(settings().require_secret(), token)
    if key is None:
        raise NotFound
    async with reading() as session:
        events = await feed_events(session, key, now())
    # Thousands of events take a tenth of a second, in which others shall not wait.
    content = await asyncio.to_thread(feed_file, key.feed, events, settings().base_url.rstrip("/"))
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if tag in (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=TYPE, headers=headers)
