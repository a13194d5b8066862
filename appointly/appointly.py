"""Assembles the app: pages and HTTP API, no logic."""

import reflex as rx

from appointly.state.base import explain
from appointly.state.guard import Guard


def landing() -> rx.Component:
    """The first page."""
    return rx.el.main(rx.el.h1("Appointly"), rx.el.p("Find a time, book it, be told the truth."))


app = rx.App(html_lang="en", backend_exception_handler=explain)
app.add_middleware(Guard())
app.add_page(landing, route="/", title="Appointly")
