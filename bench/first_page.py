"""How soon the landing page can be read on a slow phone: largest contentful paint, 0.7 s; scripts and styles, 170 KiB.

1.6 Mbit/s, 150 ms a round trip, a processor four times slower, nothing cached, as Lighthouse's "slow 4G".
"""

import os
import signal
import sys
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from appointly.supervisor import Child
from tests.browser.chromium import chromium
from tests.browser.conftest import QUIET
from tests.processes import free_port

LIMIT_SECONDS, LIMIT_KIB = 0.7, 170
LOADS = 7
OBSERVE = """
window.paints = [];
new PerformanceObserver((list) => window.paints.push(...list.getEntries().map(
    (entry) => [entry.startTime, (entry.element?.tagName || '') + ' ' + (entry.element?.textContent || '').slice(0, 40)]
))).observe({type: "largest-contentful-paint", buffered: true});
"""
SIZES = """
performance.getEntriesByType("navigation").concat(performance.getEntriesByType("resource"))
    .filter((entry) => entry.entryType == "navigation" || /[.](js|css)$/.test(new URL(entry.name).pathname))
    .reduce((sum, entry) => sum + entry.encodedBodySize, 0)
"""


def load(browser: Browser, address: str) -> tuple[float, str, float]:
    """One visit: seconds to the largest paint, what was painted, KiB of page, scripts and styles as they travel."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True)
    page = context.new_page()
    page.add_init_script(OBSERVE)
    devtools = context.new_cdp_session(page)
    bytes_per_second = 1.6e6 / 8
    devtools.send("Network.enable")
    devtools.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 150,
            "downloadThroughput": bytes_per_second,
            "uploadThroughput": bytes_per_second,
        },
    )
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address, wait_until="load")
    page.wait_for_function("window.paints.length > 0")
    page.wait_for_timeout(2500)
    at, what = page.evaluate("window.paints.at(-1)")
    size = page.evaluate(SIZES)
    context.close()
    return at / 1000, what, size / 1024


def main() -> None:
    """Print the median of some loads; ends with 1 where a limit is missed."""
    with tempfile.TemporaryDirectory(prefix="appointly-page-") as folder:
        port = free_port()
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        command = [sys.executable, "-m", "appointly.cli", "up", "--port", str(port)]
        home = os.environ.get("BENCH_HOME", folder)
        up = Child(
            "appointly up",
            command,
            log=Path(folder) / "up.log",
            orphan_signal=signal.SIGTERM,
            cwd=Path(folder),
            env={**env, "APPOINTLY_HOME": home},
        )
        try:
            up.wait_until(lambda: up.has_said("Appointly is ready"), 300)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
                load(browser, f"http://127.0.0.1:{port}/")  # warms the server
                loads = [load(browser, f"http://127.0.0.1:{port}/") for _ in range(LOADS)]
                browser.close()
        finally:
            up.stop()
    seconds, size = median(at for at, _, _ in loads), max(size for _, _, size in loads)
    kept = seconds < LIMIT_SECONDS and size <= LIMIT_KIB
    print(
        f"largest contentful paint: {seconds:.2f} s in the middle of {LOADS} ({loads[0][1]!r}; limit {LIMIT_SECONDS} s)"
    )
    print(f"  each: {', '.join(f'{at:.2f}' for at, _, _ in loads)}")
    print(f"the page itself, scripts and styles: {size:.0f} KiB (limit {LIMIT_KIB} KiB)")
    print("met" if kept else "MISSED")
    if not kept:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
