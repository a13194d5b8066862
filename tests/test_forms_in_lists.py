"""Forms within lists: what they send stands outside the list in JavaScript, so it can name no row of it, neither in the
event nor by the `id` of a field, whose value would be sent a second time under another name."""

import re
from typing import Any

import reflex as rx

from appointly.appointly import app
from appointly.state.flags import Flags

ROW = re.compile(r"(?<![.\w])[a-z]\w*_rx_state_\b|\bref_\w*reflex_Var\w*")


def rows_named(page: Any) -> set[str]:
    """The rows that are named where none is known."""
    return {row for hook in page._get_all_hooks() if "handleSubmit" in hook for row in ROW.findall(hook)}


def test_no_form_names_a_row_of_the_list_it_stands_in() -> None:
    pages = {route: made.component for route, made in app._unevaluated_pages.items()}
    assert "admin/flags" in pages
    named = {route: rows_named(make() if callable(make) else make) for route, make in pages.items()}
    assert {route: rows for route, rows in named.items() if rows} == {}


def test_one_that_does_is_found() -> None:
    def form(flag: Any) -> rx.Component:
        words = rx.el.input(name="words", id=f"words-{flag.id}")
        return rx.el.form(words, on_submit=lambda said: Flags.decide(flag.id, said))

    found = rows_named(rx.el.div(rx.foreach(Flags.shown, form)))
    assert {name.partition("_")[0] for name in found} == {"flag", "ref"}
