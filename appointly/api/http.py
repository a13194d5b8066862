"""The HTTP application: every router, and one shape for every refusal."""

from fastapi import FastAPI

from appointly.api import accounts, bookings, forms, health, problems

PREFIX = "/api/v1"


def create() -> FastAPI:
    """The application; everything in it is made once a process."""
    api = FastAPI(
        title="Appointly",
        version="1",
        description="Find a service, see its free times, book one of them. Refusals carry a stable `code`.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    problems.install(api)
    for router in (accounts.router, bookings.router):
        api.include_router(router, prefix=PREFIX)
    for router in (health.router, forms.router):
        api.include_router(router)
    return api


api = create()
