"""One page a file: layout and bindings."""

from typing import Any

import reflex as rx

from appointly.pages.about import about, contact
from appointly.pages.account import account
from appointly.pages.availability import availability
from appointly.pages.become_provider import become_provider
from appointly.pages.booking import booking
from appointly.pages.dashboard import dashboard
from appointly.pages.flags import admin_flags
from appointly.pages.google_calendar import google_calendar
from appointly.pages.landing import landing
from appointly.pages.link_google import link_google
from appointly.pages.mailed_links import confirm, new_password, reset_password
from appointly.pages.mark import mark
from appointly.pages.not_found import not_found
from appointly.pages.onboarding import onboarding
from appointly.pages.oversight import admin_bookings, admin_jobs, admin_overview
from appointly.pages.own_calendars import own_calendars
from appointly.pages.own_data import account_deleted
from appointly.pages.own_services import own_services
from appointly.pages.profile_editor import profile_editor
from appointly.pages.provider import provider
from appointly.pages.provider_bookings import provider_bookings
from appointly.pages.provider_calendar import provider_calendar
from appointly.pages.provider_class import provider_class
from appointly.pages.provider_queue import provider_queue
from appointly.pages.provider_reviews import provider_reviews
from appointly.pages.queue import queue
from appointly.pages.search import search
from appointly.pages.service import service
from appointly.pages.service_editor import service_editor
from appointly.pages.settings import settings
from appointly.pages.sign_in import login, login_provider, signup
from appointly.pages.sign_in_code import sign_in_code
from appointly.pages.times import admin_times
from appointly.pages.wait_join import wait_join
from appointly.pages.wait_place import wait_place
from appointly.pages.wizard import wizard
from appointly.state.account import Account
from appointly.state.api_tokens import ApiTokens
from appointly.state.availability import Availability
from appointly.state.become_provider import BecomeProvider
from appointly.state.booking_ends import BookingEnds
from appointly.state.booking_page import BookingPage
from appointly.state.booking_panel import BookingPanel
from appointly.state.booking_queue import BookingQueue
from appointly.state.booking_review import BookingReview
from appointly.state.checklist import Checklist
from appointly.state.dashboard import Dashboard
from appointly.state.delete_account import DeleteAccount
from appointly.state.door_code import DoorCode
from appointly.state.feeds import Feeds
from appointly.state.flags import Flags
from appointly.state.google_calendar import GoogleCalendarPage
from appointly.state.how_it_went import HowItWent
from appointly.state.landing import Landing
from appointly.state.link_google import LinkGoogle
from appointly.state.mailed_links import MailedLink
from appointly.state.mark import MarkPage
from appointly.state.onboarding import Onboarding
from appointly.state.open_drafts import OpenDrafts
from appointly.state.oversight import Oversight
from appointly.state.own_calendars import CalendarNews, OwnCalendars
from appointly.state.own_services import OwnServices
from appointly.state.profile_editor import ProfileEditor
from appointly.state.provider import ProviderView
from appointly.state.provider_bookings import ProviderBookings, ProviderCalendar
from appointly.state.provider_class import ProviderClass
from appointly.state.provider_queue import ProviderQueue
from appointly.state.provider_reviews import ProviderReviews
from appointly.state.provider_waits import ProviderWaits
from appointly.state.queue import QueueView
from appointly.state.search import Search
from appointly.state.service import ServiceView
from appointly.state.service_editor import ServiceEditor
from appointly.state.settings_page import SettingsPage
from appointly.state.sign_in import SignInForm
from appointly.state.sign_in_code import SignInCodeForm
from appointly.state.sign_in_ways import SignInWays
from appointly.state.times import Times
from appointly.state.unconfirmed import Unconfirmed
from appointly.state.wait_join import WaitJoin
from appointly.state.wait_place import WaitPlace
from appointly.state.wizard import Wizard


def add_pages(app: rx.App) -> None:
    """Register every page with its address."""
    app.add_page(landing, route="/", title="Appointly: book the time you see", on_load=Landing.load)
    app.add_page(search, route="/services", title="Find an appointment · Appointly", on_load=Search.load)
    app.add_page(service, route="/services/[slug]", title=ServiceView.page_title, on_load=ServiceView.load)
    app.add_page(wait_join, route="/services/[slug]/waitlist", title="Waiting list · Appointly", on_load=WaitJoin.load)
    app.add_page(wait_place, route="/waitlist/[id]", title="Your place in line · Appointly", on_load=WaitPlace.load)
    app.add_page(provider, route="/providers/[slug]", title=ProviderView.page_title, on_load=ProviderView.load)
    app.add_page(queue, route="/queue/[slug]", title=QueueView.page_title, on_load=QueueView.load)
    app.add_page(mark, route="/mark", title="Check in · Appointly", on_load=MarkPage.load)
    app.add_page(login, route="/login", title="Sign in · Appointly", on_load=SignInForm.load)
    app.add_page(login_provider, route="/login-provider", title="Provider sign-in · Appointly", on_load=SignInForm.load)
    app.add_page(signup, route="/signup", title="Make an account · Appointly", on_load=SignInForm.load)
    app.add_page(link_google, route="/link-google", title="Add Google · Appointly", on_load=LinkGoogle.load)
    app.add_page(sign_in_code, route="/auth/[id]", title="Your code · Appointly", on_load=SignInCodeForm.load)
    app.add_page(about, route="/about", title="About · Appointly")
    app.add_page(contact, route="/contact", title="Contact · Appointly")
    app.add_page(not_found, route="404", title="Page not found · Appointly")
    app.add_page(wizard, route="/book/[slug]", title="Book · Appointly", on_load=Wizard.load)
    app.add_page(
        booking,
        route="/booking/[reference]",
        title="Your booking · Appointly",
        on_load=[BookingPage.load, BookingQueue.load, BookingReview.load, BookingEnds.load],
    )
    app.add_page(
        account,
        route="/account",
        title="Your bookings · Appointly",
        on_load=[Account.load, OpenDrafts.load, Unconfirmed.load],
    )
    for linked, route, title in (
        (reset_password, "/reset-password", "Forgotten password"),
        (new_password, "/reset-password/new", "Set a new password"),
        (confirm, "/confirm", "Confirm your address"),
    ):
        app.add_page(linked, route=route, title=f"{title} · Appointly", on_load=MailedLink.load)
    app.add_page(
        settings,
        route="/account/settings",
        title="Settings · Appointly",
        on_load=[SettingsPage.load, SignInWays.load, Feeds.load, ApiTokens.load, DeleteAccount.load],
    )
    app.add_page(account_deleted, route="/account-deleted", title="Account deleted · Appointly")
    app.add_page(
        become_provider,
        route="/become-provider",
        title="Offer your services · Appointly",
        on_load=BecomeProvider.load,
    )
    app.add_page(onboarding, route="/onboarding", title="Your business · Appointly", on_load=Onboarding.load)
    add_workspaces(app)


def add_workspaces(app: rx.App) -> None:
    """Register the pages of providers and admins."""
    shown: list[tuple[Any, str, str, Any]] = [
        (
            dashboard,
            "/dashboard",
            "Today",
            # What stands above the day comes first, so that the day opens at now where it stays.
            [Unconfirmed.load, Checklist.load, CalendarNews.load, Dashboard.load, HowItWent.load, BookingPanel.load],
        ),
        (
            provider_bookings,
            "/dashboard/bookings",
            "Bookings",
            [ProviderBookings.load, BookingPanel.load, ProviderWaits.load],
        ),
        (provider_class, "/dashboard/class/[slot]", "Class", [ProviderClass.load, BookingPanel.load]),
        (provider_calendar, "/dashboard/calendar", "Calendar", [ProviderCalendar.load, BookingPanel.load]),
        (provider_queue, "/dashboard/queue", "Queue", [ProviderQueue.load, DoorCode.load]),
        (
            availability,
            "/dashboard/availability",
            "Availability",
            Availability.load,
        ),
        (own_calendars, "/dashboard/calendars", "Your own calendars", [OwnCalendars.load, Feeds.load]),
        (google_calendar, "/dashboard/calendars/google", "Google Calendar", GoogleCalendarPage.load),
        (own_services, "/dashboard/services", "Services", OwnServices.load),
        (service_editor, "/add-service", "A new service", ServiceEditor.load),
        (service_editor, "/dashboard/services/[id]", "Edit a service", ServiceEditor.load),
        (provider_reviews, "/dashboard/reviews", "Reviews", ProviderReviews.load),
        (profile_editor, "/dashboard/profile", "Profile", ProfileEditor.load),
        (admin_overview, "/admin", "Overview", Oversight.load_overview),
        (admin_bookings, "/admin/bookings", "Bookings", Oversight.load_bookings),
        (admin_flags, "/admin/flags", "Reports", Flags.load),
        (admin_times, "/admin/times", "Why is a time not offered?", Times.load),
        (admin_jobs, "/admin/jobs", "Jobs", Oversight.load_jobs),
    ]
    for page, route, title, on_load in shown:
        app.add_page(page, route=route, title=f"{title} · Appointly", on_load=on_load)
