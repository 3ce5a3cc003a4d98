"""What kind of device a request came from, as far as its user agent tells: for people who read the security log."""

import re
from typing import Any

_LONGEST = 500

_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"), ("Opera", r"OPR/|Opera"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/|Chromium/"), ("Safari", r"Version/\S+ .*Safari/"),
)
"""The first that matches counts: most browsers claim to be others too."""

_SYSTEMS = (
    ("iOS", r"iPhone|iPad|iPod"), ("Android", r"Android"), ("Windows", r"Windows"), ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"), ("Linux", r"Linux|X11"),
)


def device_info(user_agent: str | None, address: str | None) -> dict[str, Any]:
    """`{user_agent, ip_address, browser, os, device_type}`; null for what cannot be told."""
    text = (user_agent or "").replace("\0", "")[:_LONGEST]
    return {
        "user_agent": text or None, "ip_address": address,
        "browser": _first(_BROWSERS, text) or _product(text), "os": _first(_SYSTEMS, text), "device_type": _kind(text),
    }


def _first(choices: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in choices if re.search(pattern, text)), None)


def _product(text: str) -> str | None:
    """What a program that is no browser calls itself: "curl" of "curl/8.5.0"."""
    name = text.split("/")[0].strip()
    return None if not name or name == "Mozilla" else name


def _kind(text: str) -> str | None:
    if re.search(r"iPad|Tablet|Android(?!.*Mobile)", text):
        return "tablet"
    if re.search(r"Mobile|iPhone|iPod", text):
        return "mobile"
    if text.startswith("Mozilla/"):
        return "desktop"
    return "program" if text else None
