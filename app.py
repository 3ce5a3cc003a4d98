"""The entry point: `python app.py` runs everything, `python app.py web|worker|scheduler` one role.

`python app.py migrate` brings the database up to date and makes the first organization, and ends.
`python app.py demo` makes a sandbox organization in which a company has lived for six months.
`flask --app app …` runs a command on the same stores.
"""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from lago.core import logs
from lago.core.settings import Settings, SettingsError
from lago.embedded import DirectoryInUse, ServerFailed
from lago.supervisor.demo import demo
from lago.supervisor.listener import PortTaken
from lago.supervisor.roles import ROLES
from lago.supervisor.start import StartFailed, migrate, run
from lago.supervisor.stores import join

if TYPE_CHECKING:
    from flask import Flask

ERRANDS = {"migrate": migrate, "demo": demo}
USAGE = "usage: python app.py [web|worker|scheduler|migrate|demo]   (without a role: all of them, and the stores)"


def create_app() -> Flask:
    """The WSGI application; for `flask` commands too, which start the embedded stores if nothing runs on them."""
    from lago import bootstrap, commands  # here, because the supervisor itself has no need of all this

    stack = ExitStack()
    atexit.register(stack.close)
    settings = join(Settings.from_env(os.environ), stack)
    logs.configure(settings.log_level)
    app = bootstrap.create_app(settings)
    commands.register(app)
    return app


def main(arguments: list[str]) -> int:
    """Runs what the arguments name. 0 after an orderly stop, 1 if the start fails, 2 for a wrong call or setting."""
    if len(arguments) > 1 or arguments and arguments[0] not in (*ROLES, *ERRANDS):
        return refuse(USAGE, 2)
    try:
        settings = Settings.from_env(os.environ)
        logs.configure(settings.log_level)
        require_stores(settings, arguments)
        if arguments and arguments[0] in ERRANDS:
            ERRANDS[arguments[0]](settings)
        else:
            run(settings, arguments or ROLES)
    except SettingsError as error:
        return refuse(str(error), 2)
    except (StartFailed, PortTaken, DirectoryInUse, ServerFailed, OSError) as error:
        return refuse(str(error), 1)
    return 0


def require_stores(settings: Settings, arguments: list[str]) -> None:
    """A single role shares its stores with the others, so it must be told where they are."""
    for name, value in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url)):
        if arguments and not value and arguments != ["demo"]:
            raise SettingsError(
                f"{name}: must be set for a single role ({arguments[0]}), which shares its stores with other roles; "
                "`python app.py` alone starts everything, with stores of its own"
            )


def refuse(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
