"""The demo: believable data, made relative to the moment it is made."""

from appointly.demo.seed import is_empty, recreate, seed

__all__ = ["is_empty", "recreate", "seed"]
