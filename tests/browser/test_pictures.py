"""Pictures and written words as people meet them: an upload by mouse and keys, a public page, and nothing that runs."""

from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import rows, sign_in
from tests.browser.test_look import check
from tests.display.test_markdown import HOSTILE
from tests.processes import Site
from tests.test_pictures import file, halves

OWNER = """SELECT provider.slug FROM provider JOIN "user" ON "user".id = user_id WHERE email = 'provider@demo.test'"""


async def test_a_gallery_is_filled_sorted_and_shown(page: Page, site: Site, tmp_path: Path) -> None:
    good, other, bad = tmp_path / "good.png", tmp_path / "other.jpg", tmp_path / "bad.jpg"
    good.write_bytes(file(halves(), "PNG"))
    other.write_bytes(file(halves(600, 900)))
    bad.write_bytes(b"<svg onload=alert(1)>")
    await sign_in(page, site, "provider")
    await page.goto("/dashboard/profile")
    gallery = page.get_by_role("group", name="Gallery")
    await gallery.locator("input").set_input_files([good, bad, other])
    await expect(gallery.get_by_role("alert")).to_have_text(
        "bad.jpg: Please choose a picture in the format JPEG, PNG or WebP."
    )
    await expect(gallery.get_by_role("progressbar")).to_have_count(0)
    pictures = gallery.get_by_role("img")
    await expect(pictures).to_have_count(2)
    first = str(await pictures.first.get_attribute("src"))
    await gallery.get_by_role("button", name="Show picture 1 later").focus()
    await page.keyboard.press("Enter")
    await expect(gallery.get_by_role("status")).to_have_text("Now picture 2 of 2.")
    await expect(pictures.last).to_have_attribute("src", first)
    await expect(gallery.get_by_role("button", name="Show picture 2 earlier")).to_be_focused()
    await check(page)
    [(slug,)] = rows(site, OWNER)
    await page.goto(f"/providers/{slug}")
    shown = page.get_by_role("link", name="Picture 2 of 2").get_by_role("img")
    await shown.scroll_into_view_if_needed()
    await expect(shown).to_have_js_property("naturalWidth", 480)
    await page.goto("/dashboard/profile")
    for left in (1, 0):
        await gallery.get_by_role("button", name="Remove picture 1").click()
        await expect(pictures).to_have_count(left)


async def test_nothing_that_people_write_about_themselves_runs(site: Site, open_page: OpenPage) -> None:
    words = "\n\n".join(HOSTILE).replace("\0", "")
    [(slug, before)] = rows(site, "SELECT slug, about FROM provider ORDER BY slug LIMIT 1")
    rows(site, "UPDATE provider SET about = %s WHERE slug = %s RETURNING slug", words, slug)
    for scripts in (True, False):
        page = await open_page(scripts=scripts)
        happened: list[str] = []
        page.on("dialog", lambda dialog, said=happened: said.append(dialog.message))
        page.on(
            "request",
            lambda asked, said=happened: (
                None if asked.url.startswith((site.url, "data:", "blob:")) else said.append(asked.url)
            ),
        )
        await page.goto(f"/providers/{slug}")
        await expect(page.get_by_text("<script>alert(1)</script>", exact=True).first).to_be_visible()
        await page.wait_for_load_state("networkidle")
        assert happened == []
        assert page.url == f"{site.url}/providers/{slug}"
    rows(site, "UPDATE provider SET about = %s WHERE slug = %s RETURNING slug", before, slug)
