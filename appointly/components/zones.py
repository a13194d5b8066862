"""Naming a time zone where it is not the reader's."""

from collections import defaultdict

import reflex as rx

from appointly.domain.zones import zones

READER_ZONE: rx.Var[str] = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone", _var_type=str)


def zone_note(zone: str, name: str, class_name: str = "text-sm text-ink-faint") -> rx.Component:
    """ "Berlin time", for readers whose own clocks are set to another zone; `zone` is the IANA name."""
    return rx.cond((zone != "") & (zone != READER_ZONE), rx.el.span(name, class_name=class_name), rx.fragment())


def zone_options() -> list[rx.Component]:
    """Every time zone, under its part of the world; typing the first letters of a place finds it."""
    regions: dict[str, list[str]] = defaultdict(list)
    for zone in zones():
        regions[zone.partition("/")[0]].append(zone)
    return [
        rx.el.optgroup(
            *[rx.el.option(zone.partition("/")[2].replace("_", " ") or zone, value=zone) for zone in names],
            label=region,
        )
        for region, names in regions.items()
    ]
