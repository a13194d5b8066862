"""Naming a time zone where it is not the reader's."""

import reflex as rx

READER_ZONE: rx.Var[str] = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)


def zone_note(zone: str, name: str, class_name: str = "text-sm text-ink-faint") -> rx.Component:
    """ "Berlin time", for readers whose own clocks are set to another zone; `zone` is the IANA name."""
    return rx.cond((zone != "") & (zone != READER_ZONE), rx.el.span(name, class_name=class_name), rx.fragment())
