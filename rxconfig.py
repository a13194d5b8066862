"""Reflex's own settings, nothing else."""

import reflex as rx

from appointly.frontend import InlineStyles, SameOrigin

config = rx.Config(
    app_name="appointly",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin(), SameOrigin(), InlineStyles()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
