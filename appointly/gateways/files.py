"""Keeps pictures: in a folder of this machine, or in any S3-compatible store (APPOINTLY_FILES_URL)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from appointly.errors import GatewayFailed, SettingsInvalid
from appointly.settings import settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

SIZES = ("large", "small")
TYPE = "image/webp"
CHUNK = 64 * 1024
PATIENCE: "ClientConfig" = {"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=20)}
RETRIES: "RetryConfig" = {"max_retries": 2, "retry_timeout": timedelta(seconds=20)}


@dataclass(frozen=True)
class Stored:
    """A file on its way out; `length` in bytes."""

    length: int
    chunks: AsyncIterator[bytes]


@lru_cache
def store() -> ObjectStore:
    """The store of this process, made on first use. Raises `SettingsInvalid`."""
    config = settings()
    url = config.files_url
    if not url:
        return LocalStore(config.home.resolve() / "media", automatic_cleanup=True, mkdir=True)
    if not url.startswith("s3://"):
        raise SettingsInvalid("APPOINTLY_FILES_URL must look like s3://bucket/folder, or be empty for a local folder.")
    given = {
        "access_key_id": config.aws_access_key_id,
        "secret_access_key": config.aws_secret_access_key,
        "region": config.aws_region,
        "endpoint": config.aws_endpoint_url,
    }
    return S3Store.from_url(
        url,
        config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        client_options={**PATIENCE, "allow_http": config.aws_endpoint_url.startswith("http://")},
        retry_config=RETRIES,
    )


def place(picture_id: UUID, size: str) -> str:
    """Where a file lies in the store; `size` is one of `SIZES`."""
    return f"{picture_id}/{size}.webp"


async def put(picture_id: UUID, sizes: Mapping[str, bytes]) -> None:
    """Write a picture's files, each whole or not at all. Raises `GatewayFailed`."""
    try:
        for size, content in sizes.items():
            await obstore.put_async(store(), place(picture_id, size), content)
    except (BaseError, OSError) as error:
        raise GatewayFailed(f"The store of files did not take a picture: {error!r}") from error


async def get(picture_id: UUID, size: str) -> Stored | None:
    """A picture's file; None if it is not there. Raises `GatewayFailed`."""
    try:
        found = await obstore.get_async(store(), place(picture_id, size))
    except FileNotFoundError:
        return None
    except (BaseError, OSError) as error:
        raise GatewayFailed(f"The store of files did not answer: {error!r}") from error
    return Stored(found.meta["size"], _chunks(found))


async def _chunks(found: "obstore.GetResult") -> AsyncIterator[bytes]:
    async for chunk in found.stream(min_chunk_size=CHUNK):
        yield bytes(chunk)


async def delete(picture_id: UUID) -> None:
    """Remove a picture's files; those that are gone already are no error. Raises `GatewayFailed`."""
    for size in SIZES:
        try:
            await obstore.delete_async(store(), place(picture_id, size))
        except FileNotFoundError:
            pass
        except (BaseError, OSError) as error:
            raise GatewayFailed(f"The store of files did not remove a picture: {error!r}") from error
