"""`/provider/pictures`: upload, order and removal; `/media/…`: the files themselves."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Body, File, Form, Request, Response, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from appointly import limits, routes
from appointly.api.guard import GuardedRoute, access
from appointly.api.once import Key, answered, once
from appointly.api.shapes import answer, refusals
from appointly.clock import now
from appointly.database import reading, transaction
from appointly.domain.actor import Actor
from appointly.errors import Forbidden, NotFound
from appointly.gateways import files
from appointly.operations.arrange_gallery import GalleryOrder, arrange_gallery
from appointly.operations.forget_pictures import forget_picture
from appointly.operations.keep_picture import Kind, keep_picture, plan_picture
from appointly.pictures import reencoded
from appointly.queries.pictures import Uploaded, pictures_of
from appointly.visitor import current_actor

LARGEST = 10 * 1024**2
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
router = APIRouter(prefix="/provider/pictures", tags=["Your business"], route_class=GuardedRoute)
media = APIRouter(prefix="/media", include_in_schema=False, route_class=GuardedRoute)


class PictureOut(BaseModel):
    """A picture; `large` and `small` are its addresses on this site, both WebP, at most 1600 and 480 pixels a side.

    `width` and `height` are the large one's, in pixels.
    """

    id: UUID
    kind: Kind
    large: str
    small: str
    width: int
    height: int


class PicturesOut(BaseModel):
    items: list[PictureOut]


def as_shown(picture: Uploaded) -> PictureOut:
    """A picture with its addresses."""
    return PictureOut(
        id=picture.id,
        kind=picture.kind,
        large=routes.picture(picture.id),
        small=routes.picture(picture.id, "small"),
        width=picture.width,
        height=picture.height,
    )


async def _all(actor: Actor) -> PicturesOut:
    if actor.provider_id is None:
        raise Forbidden("Only providers may do this. Tell us about your business first.")
    async with reading() as session:
        return PicturesOut(items=[as_shown(picture) for picture in await pictures_of(session, actor.provider_id)])


@router.get("")
@access("provider", "provider:read")
async def get_pictures() -> PicturesOut:
    """All your pictures, the gallery's in its order."""
    return await _all(current_actor())


@router.post("", status_code=201, response_model=PictureOut, responses=refusals(409, 429, 502))
@access("provider", "provider:write", largest=LARGEST)
async def post_picture(
    request: Request, kind: Annotated[Kind, Form()], file: Annotated[UploadFile, File()], key: Key = None
) -> Response:
    """Upload a picture: JPEG, PNG or WebP, at most 10 MiB and 40 megapixels.

    It is encoded anew, upright and without what the camera wrote beside it. One for the profile takes the place of the
    last; one for a service is named in the service's `picture` within a day, by its address `large`.
    With an `Idempotency-Key` the same picture can be sent again: it is kept once.
    """
    actor = current_actor()
    await limits.take("upload", str(actor.user_id))
    content = await file.read()
    body = kind.encode() + content
    async with reading() as session:
        if before := await answered(session, request, key, body):
            return answer(before, 201)
    made = await reencoded(content)
    async with transaction() as session:
        picture_id = await plan_picture(session, actor, kind, now())
    await files.put(picture_id, {"large": made.large, "small": made.small})
    at = now()
    async with transaction() as session:

        async def keep() -> bytes:
            await keep_picture(session, actor, picture_id, kind, made.width, made.height, at)
            return as_shown(Uploaded(picture_id, kind, made.width, made.height)).model_dump_json().encode()

        return answer(await once(session, request, key, keep, at, body=body), 201)


@router.put("/order", responses=refusals(404))
@access("provider", "provider:write")
async def put_order(order: Annotated[GalleryOrder, Body()]) -> PicturesOut:
    """Put your gallery in order: the ids as they shall be shown."""
    async with transaction() as session:
        await arrange_gallery(session, current_actor(), order)
    return await _all(current_actor())


@router.delete("/{picture_id}", status_code=204, responses=refusals(404))
@access("provider", "provider:write")
async def delete_picture(picture_id: UUID) -> Response:
    """Remove a picture, wherever it is shown."""
    async with transaction() as session:
        await forget_picture(session, current_actor(), picture_id, now())
    return Response(status_code=204)


@media.api_route("/{picture_id}/{size}.webp", methods=["GET", "HEAD"])
@access("public")
async def picture_file(picture_id: UUID, size: Literal["large", "small"]) -> Response:
    """A picture's file, which never changes."""
    found = await files.get(picture_id, size)
    if found is None:
        raise NotFound
    return StreamingResponse(
        found.chunks, media_type=files.TYPE, headers=FOR_EVER | {"Content-Length": str(found.length)}
    )
