"""One page a file: layout and bindings."""

import reflex as rx

from appointly.pages.landing import landing
from appointly.pages.not_found import not_found


def add_pages(app: rx.App) -> None:
    """Register every page with its address."""
    app.add_page(landing, route="/", title="Appointly: appointments that keep their word")
    app.add_page(not_found, route="404", title="Page not found · Appointly")
