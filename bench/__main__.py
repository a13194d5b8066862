"""`python -m bench [NAME …]`: the measurements, each a module of this package with a `main()`; without a name, all."""

import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))

wanted = sys.argv[1:] or NAMES
if unknown := [name for name in wanted if name not in NAMES]:
    raise SystemExit(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
sys.argv[1:] = []  # what a measurement reads there is for when it is run by itself
for name in wanted:
    print(f"== {name}", flush=True)
    import_module(f"bench.{name}").main()
