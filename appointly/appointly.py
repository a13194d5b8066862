"""Assembles the app: pages and HTTP API, no logic."""

import reflex as rx


def landing() -> rx.Component:
    """The first page."""
    return rx.el.main(rx.el.h1("Appointly"), rx.el.p("Find a time, book it, be told the truth."))


app = rx.App(html_lang="en")
app.add_page(landing, route="/", title="Appointly")
