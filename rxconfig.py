"""Reflex's own settings, nothing else."""

import reflex as rx

from appointly.bundle import InlineStyles, PlainStyles, SameOrigin

config = rx.Config(
    app_name="appointly",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin(), SameOrigin(), InlineStyles(), PlainStyles()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
