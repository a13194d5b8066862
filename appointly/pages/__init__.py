"""One page a file: layout and bindings."""

import reflex as rx

from appointly.pages.about import about, contact
from appointly.pages.landing import landing
from appointly.pages.not_found import not_found
from appointly.pages.sign_in import login, login_provider, signup
from appointly.state.sign_in import SignInForm


def add_pages(app: rx.App) -> None:
    """Register every page with its address."""
    app.add_page(landing, route="/", title="Appointly: appointments that keep their word")
    app.add_page(login, route="/login", title="Sign in · Appointly", on_load=SignInForm.load)
    app.add_page(login_provider, route="/login-provider", title="Provider sign-in · Appointly", on_load=SignInForm.load)
    app.add_page(signup, route="/signup", title="Make an account · Appointly", on_load=SignInForm.load)
    app.add_page(about, route="/about", title="About · Appointly")
    app.add_page(contact, route="/contact", title="Contact · Appointly")
    app.add_page(not_found, route="404", title="Page not found · Appointly")
