"""Services and what is said about them, as pages show them."""

from collections.abc import Collection
from dataclasses import dataclass, field

from appointly.domain import cancellation


@dataclass(frozen=True)
class Category:
    """A kind of service: the word in addresses, the word people read, and its picture and icon."""

    slug: str
    name: str
    icon: str

    @property
    def picture(self) -> str:
        """The drawn scene."""
        return f"/pictures/{self.slug}-1.svg"


NOT_FOUND_TITLE = "Page not found · Appointly"
CATEGORIES = (
    Category("hair", "Hair", "scissors"),
    Category("beauty", "Beauty", "sparkles"),
    Category("massage", "Massage", "hand"),
    Category("fitness", "Fitness", "dumbbell"),
    Category("dental", "Dental", "smile"),
    Category("medical", "Medical", "stethoscope"),
    Category("tutoring", "Tutoring", "graduation-cap"),
    Category("coaching", "Coaching", "message-circle"),
)
CATEGORY_NAMES = {category.slug: category.name for category in CATEGORIES}
LOCATIONS = {
    "provider": "At the provider's",
    "customer": "At your place",
    "online": "Online",
}
RESCHEDULES = {
    "instant": "Free to move by yourself until it begins.",
    "manual": "Free to move until it begins, once the provider agrees.",
}
POLICIES = {name: policy.words for name, policy in cancellation.POLICIES.items()}


@dataclass(frozen=True)
class QuickTime:
    """A free time as a button straight into the wizard: short in sight, `label` in full for screen readers."""

    day: str
    time: str
    label: str
    href: str


@dataclass(frozen=True)
class ServiceCard:
    """A service among others. `when` says what there is to say about its times where `times` is
    empty; `zone` is the IANA name of theirs, `zone_name` what people call it."""

    slug: str
    href: str
    title: str
    provider: str
    city: str
    picture: str
    rating: str
    reviews: str
    price: str
    duration: str
    when: str = ""
    times: list[QuickTime] = field(default_factory=list)
    zone: str = ""
    zone_name: str = ""
    distance: str = ""


@dataclass(frozen=True)
class Hours:
    """The hours of one weekday: "09:00–12:30, 14:00–18:00", or "Closed"."""

    day: str
    hours: str
    today: bool = False


def ways(places: Collection[str], radius: object) -> list[str]:
    """Where a business serves people, in its own words; `radius` in kilometres."""
    words = {
        "provider": "At our place",
        "customer": f"We come to you, up to {radius} km" if radius else "We come to you",
        "online": "Online",
    }
    return [sentence for place, sentence in words.items() if place in places]
