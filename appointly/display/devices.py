"""What a browser says of itself, in words."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
HANDHELD = {"iPhone", "iPad", "Android"}


def _first(user_agent: str, known: tuple[tuple[str, str], ...]) -> str:
    return next((name for mark, name in known if mark in user_agent), "")


def device(user_agent: str) -> str:
    """ "Firefox on Windows"; "A program (curl)" for what is no browser."""
    browser, system = _first(user_agent, BROWSERS), _first(user_agent, SYSTEMS)
    if browser or system:
        return f"{browser or 'A browser'} on {system}" if system else browser
    program = user_agent.partition("/")[0].strip()[:40]
    return f"A program ({program})" if program else "An unknown device"


def device_icon(user_agent: str) -> str:
    """The icon of a device: smartphone, laptop or terminal."""
    system = _first(user_agent, SYSTEMS)
    return "smartphone" if system in HANDHELD else "laptop" if system else "terminal"
