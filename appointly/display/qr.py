"""Addresses as pictures that a camera reads."""

import segno


def qr_picture(address: str) -> str:
    """The address as an SVG in a `data:` address, dark on white in every colour scheme, with its quiet edge."""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=4, dark="#1e1c19", light="#ffffff"))


def qr_svg(address: str) -> str:
    """The same as the text of an SVG file, to be printed."""
    return str(segno.make(address, error="q", micro=False).svg_inline(scale=4, dark="#1e1c19", border=0))
