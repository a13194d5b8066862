"""Reflex's own settings, nothing else."""

import reflex as rx

config = rx.Config(app_name="appointly", telemetry_enabled=False, show_built_with_reflex=False)
