"""The file that keeps the first login for the operator: `<data directory>/credentials`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

LABELS = {"email": "login", "password": "password", "api_key": "API key"}


def keep(path: Path, address: str, made: Mapping[str, str | None]) -> None:
    """Adds what was just made to the file, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{'address':<10}{address}", *described(made), ""]
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def described(made: Mapping[str, str | None]) -> list[str]:
    return [f"{label:<10}{made[name]}" for name, label in LABELS.items() if made.get(name)]


def kept_login(path: Path) -> str | None:
    """The login line of the newest entry; None if the operator has removed the file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return next((line for line in reversed(lines) if line.startswith(LABELS["email"])), None)
