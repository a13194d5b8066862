"""What the demo businesses offer: the files in `catalogue/`, checked as they are read."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from appointly.demo.places import Place


class Offer(BaseModel):
    """A service. Money in minor units, `before` and `after` are the buffers in minutes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    tags: list[str]
    price: int
    minutes: int
    before: int = 0
    after: int = 0
    capacity: int = 1
    per_day: int | None = None
    spread: str = "pack"
    approval: str = "instant"
    reschedule: str = "manual"
    location: str = "provider"
    policy: str = "flexible"
    deposit: int = 0
    notice: int = 60
    questions: list[dict[str, Any]] = []


class Business(BaseModel):
    """A provider. `hours` names one of the weeks in `places.WEEKS`; `demo` marks the one with the demo login."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    business: str
    owner: str
    headline: str
    about: str
    city: str
    address: str
    at: tuple[float, float]
    phone: str
    languages: list[str]
    hours: str
    demo: bool = False
    service: list[Offer]

    def at_place(self, place: Place) -> "Business":
        """The same business somewhere else."""
        moved = {"city": place.city, "address": place.address, "at": place.at, "phone": place.phone}
        return self.model_copy(update=moved)


class Category(BaseModel):
    """`words` are what customers say: stars and a sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slug: str
    words: list[tuple[int, str]]
    provider: list[Business]


@cache
def catalogue() -> tuple[Category, ...]:
    """All categories with their businesses, in a fixed order."""
    folder = files("appointly.demo") / "catalogue"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return tuple(
        Category.model_validate({"slug": file.name.removesuffix(".toml")} | tomllib.loads(file.read_text("utf-8")))
        for file in found
    )
