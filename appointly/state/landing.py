"""What the landing page shows beside its promise."""

import reflex as rx

from appointly.clock import now
from appointly.database import reading
from appointly.display.reviews import Quote, quotes_of
from appointly.display.services import ServiceCard
from appointly.display.shapes import Choice, coming_days
from appointly.queries import storefront
from appointly.queries.reviews import best_reviews
from appointly.state.views import card_of
from appointly.visitor import current_visitor

CARDS, QUOTES, TIMES, DAYS = 4, 3, 3, 14


class Landing(rx.State):
    """Services with a time today, words of customers, and what the search bar offers."""

    __access__ = "public"

    loaded: bool = False
    today: list[ServiceCard] = []
    quotes: list[Quote] = []
    cities: list[str] = []
    days: list[Choice] = []

    @rx.event
    async def load(self) -> None:
        """The page opens."""
        at = now()
        async with reading() as session:
            offers = await storefront.free_today(session, CARDS, at)
            times = await storefront.next_times(session, [offer.id for offer in offers], TIMES, at)
            said = await best_reviews(session, QUOTES)
            self.cities = await storefront.cities(session)
        self.today = [card_of(offer, times.get(offer.id, ()), at) for offer in offers]
        self.quotes = quotes_of(said, at)
        self.days = coming_days(current_visitor().today(at), DAYS)
        self.loaded = True
