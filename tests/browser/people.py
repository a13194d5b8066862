"""Visitors of the site: signed in with the demo's logins, and times that are free for them."""

from dataclasses import dataclass

import psycopg
from playwright.async_api import Page

from tests.people import code_form
from tests.processes import Site

PASSWORD = "appointly-demo"
# Requests of the demo provider wait for an answer; the other service is booked at once.
BY_REQUEST, AT_ONCE = "manual", "instant"
FREE = """
SELECT service.slug, slot.id::text, service.title FROM slot
JOIN service ON service.id = slot.service_id JOIN provider ON provider.id = slot.provider_id
JOIN "user" ON "user".id = provider.user_id
WHERE email = 'provider@demo.test' AND approval = %s AND service.capacity = 1 AND NOT booked
  AND start_time > now() + interval '3 days'
  AND slot_date < current_date + 20
  AND NOT EXISTS (SELECT FROM slot other WHERE other.provider_id = slot.provider_id AND other.booked_count > 0
                  AND other.occupies && slot.occupies)
  AND NOT EXISTS (SELECT FROM unavailable WHERE unavailable.provider_id = slot.provider_id AND span && slot.occupies)
ORDER BY random() LIMIT 1
"""


@dataclass(frozen=True)
class Free:
    """A time of the demo provider that can be booked."""

    slug: str
    slot_id: str
    title: str

    @property
    def wizard(self) -> str:
        """The wizard with this time chosen."""
        return f"/book/{self.slug}?slot={self.slot_id}"


def rows(site: Site, query: str, *values: object) -> list[tuple[object, ...]]:
    """What the site's database says."""
    with psycopg.connect(site.servers.database_url, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()  # type: ignore[call-overload]


def free_time(site: Site, approval: str = AT_ONCE) -> Free:
    """One of the demo provider's free times."""
    [found] = rows(site, FREE, approval)
    return Free(*found)  # type: ignore[arg-type]


async def sign_in(page: Page, site: Site, who: str) -> None:
    """`who` is customer, provider or admin of the demo, or another provider's name at its mail domain."""
    form = {"email": f"{who}@demo.test", "password": PASSWORD, "page": door(who)}
    headers = {"origin": site.url}
    answer = await page.request.post("/session/login", form=form, headers=headers, max_redirects=0)
    if (location := answer.headers["location"]).startswith("/auth/"):
        answer = await page.request.post("/session/otp", form=code_form(location), headers=headers, max_redirects=0)
    assert (answer.status, "error" in answer.headers["location"]) == (303, False), answer.headers


def door(who: str) -> str:
    """Which of the two sign-in pages is theirs."""
    return "customer" if who in ("customer", "admin") else "provider"


async def fill_details(page: Page, name: str = "Grace Hopper", email: str = "grace@example.com") -> None:
    """Fill in the details step, answer every question, and go on to the review."""
    await page.get_by_label("Your name").fill(name)
    await page.get_by_label("Email").fill(email)
    for group in await page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        await group.get_by_role("radio").first.check()
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("heading", name="Check and book").wait_for()
