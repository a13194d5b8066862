"""Removes the files of pictures that are gone, or were never kept."""

from uuid import UUID

from appointly.database import reading
from appointly.gateways import files
from appointly.operations.jobs import ClaimedJob
from appointly.queries.pictures import picture_by_id


async def forget_files(job: ClaimedJob) -> None:
    """Remove the files, unless the picture is there: then its upload went well."""
    picture_id = UUID(job.payload["picture_id"])
    async with reading() as session:
        if await picture_by_id(session, picture_id) is not None:
            return
    await files.delete(picture_id)
