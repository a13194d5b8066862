"""Devices in words."""

import pytest

from appointly.display.devices import device, device_icon

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("user_agent", "words", "icon"),
    [
        (CHROME, "Chrome on Windows", "laptop"),
        (f"{CHROME} Edg/140.0", "Edge on Windows", "laptop"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux", "laptop"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari on iPhone",
            "smartphone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
            "smartphone",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Unheard/1.0", "A browser on Mac", "laptop"),
        ("curl/8.9.1", "A program (curl)", "terminal"),
        ("", "An unknown device", "terminal"),
        ("<script>" * 30, f"A program ({('<script>' * 5)})", "terminal"),
    ],
)
def test_a_device_has_a_name_and_an_icon(user_agent: str, words: str, icon: str) -> None:
    assert (device(user_agent), device_icon(user_agent)) == (words, icon)
