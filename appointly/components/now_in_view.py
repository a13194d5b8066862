"""A day that scrolls by itself where it is longer than its place, and opens at now."""

import reflex as rx


class NowInView(rx.Component):
    """Around a day to scale: when it appears, or `day` becomes another one, its `[data-now]` is brought into view.

    On a day without that line it is the first entry, unless `entries` says no. It never scrolls by itself after that.
    `label` is read aloud.
    """

    library = "$/public/scripts/now_in_view.jsx"
    tag = "NowInView"

    label: rx.Var[str]
    day: rx.Var[str]
    entries: rx.Var[bool] = rx.Var.create(True)
