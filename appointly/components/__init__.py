"""Shared pieces of interface: each has the name of what it is and keeps no state of its own."""
