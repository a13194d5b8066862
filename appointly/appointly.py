"""Assembles the app: pages and HTTP API, no logic."""

import reflex as rx

from appointly.components import document
from appointly.pages import add_pages
from appointly.state import live
from appointly.state.base import explain
from appointly.state.guard import Guard
from appointly.state.locks import leave_no_lock_behind
from appointly.state.sockets import keep_secrets_out

app = rx.App(
    html_lang="en",
    reset_style=False,
    stylesheets=["/theme.css"],
    head_components=document.head(),
    app_wraps=document.wraps(),
    toaster=None,
    backend_exception_handler=explain,
)
app.add_middleware(Guard())
keep_secrets_out(app)
leave_no_lock_behind(app)
app.register_lifespan_task(live.follow)
app.register_lifespan_task(live.tick)
add_pages(app)
