"""`python -m bench [NAME …]`: the measurements, each a module of this package with a `main()`; without a name, all.

Each runs in a process of its own, which ends with this one however that ends. All run to the end; then a line for each
says whether it kept its limits.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

# All requests come from one address: limits are counted as ever, and far away.
ENV = {**os.environ, "APPOINTLY_RATE_LIMIT_FACTOR": "1000000"}
NAMES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))

wanted = sys.argv[1:] or NAMES
if unknown := [name for name in wanted if name not in NAMES]:
    raise SystemExit(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(NAMES)}.")
lines = []
for name in wanted:
    print(f"== {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", f"bench.{name}"], env=ENV, check=False
    )
    verdict = "MISSED or failed" if done.returncode else "kept"
    lines.append(f"{name:12}{time.monotonic() - started:6.0f} s   {verdict}")
print("== all", *lines, sep="\n")
sys.exit(any("MISSED" in line for line in lines))
