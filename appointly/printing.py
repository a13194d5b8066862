"""Sheets to print, as PDF. The fonts are ours, so that a sheet looks the same wherever it is made."""

import json
from pathlib import Path

import typst

PRINTS = Path(__file__).parent / "prints"


def check_in_sheet(*, name: str, place: str, address: str, qr: str) -> bytes:
    """The A4 sheet at a provider's door; `qr` is an SVG. Takes some 50 ms: not for the event loop."""
    said = json.dumps({"name": name, "place": place, "address": address, "qr": qr})
    return bytes(
        typst.compile(
            PRINTS / "check_in.typ",
            root=PRINTS,
            font_paths=[PRINTS / "fonts"],
            ignore_system_fonts=True,
            sys_inputs={"said": said},
        )
    )
