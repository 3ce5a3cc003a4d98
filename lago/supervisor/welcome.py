"""What the operator reads when the product is up."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Mapping

from lago.core.settings import LOOPBACK_OF, Settings
from lago.supervisor.credentials import described, kept_login

Login = Mapping[str, str | None]


class Welcome:
    """Tells once, when the web role answers for the first time."""

    def __init__(self, settings: Settings, made: Login | None) -> None:
        self._settings = settings
        self._made = made
        self._told = False

    def is_told(self) -> bool:
        """Asks the web role, unless it has answered before."""
        if not self._told and self._answers():
            self._told = True
            tell(self._settings, f"Ready at {self._settings.api_url}", self._made)
        return self._told

    def _answers(self) -> bool:
        local = LOOPBACK_OF.get(self._settings.host, self._settings.host)
        connection = http.client.HTTPConnection(local, self._settings.port, timeout=2)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status > 0
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def tell(settings: Settings, headline: str, made: Login | None) -> None:
    """How to get in: all of it if it was made just now, else the login's name if the operator has kept it."""
    path = settings.data_dir / "credentials"
    kept = kept_login(path)
    logins = described(made) if made else [kept] if kept else []
    if made:
        logins.append(f"Kept in {path} (mode 600): move or delete that file once you have them.")
    sys.stdout.write("\n".join(["", headline, *(f"  {line}" for line in logins), "", ""]))
    sys.stdout.flush()
