"""`python app.py demo`: a sandbox organization with six months of a company's life, on the stores of what runs."""

from __future__ import annotations

import logging
import sys
from contextlib import ExitStack

from lago.core import clock
from lago.core.settings import Settings
from lago.supervisor import roles
from lago.supervisor.credentials import described
from lago.supervisor.start import STOP_SECONDS, StartFailed, prepare
from lago.supervisor.stores import Stores, join
from lago.supervisor.watch import stop_all

HANDS = 1
"""Workers of our own, beside this process."""


def demo(settings: Settings) -> None:
    """Makes the demo's organization and tells how to get in. What does not run yet is started for as long as it takes.

    Raises StartFailed, DirectoryInUse, ServerFailed.
    """
    with ExitStack() as stack:
        joined = join(settings, stack)
        stores = Stores(joined.database_url or "", joined.redis_url or "", ())
        env = roles.environment(settings, stores)
        prepare(env, settings)
        hands = roles.workers({**env, "LAGO_DISABLE_PDF_GENERATION": "true", "LAGO_LOG_LEVEL": "WARNING"}, HANDS)
        stack.callback(stop_all, hands, STOP_SECONDS)
        for hand in hands:
            hand.launch()
        make(joined)


def make(settings: Settings) -> None:
    from lago.bootstrap import create_app  # here, because the supervisor itself has no need of all this
    from lago.demo.calls import DemoFailed
    from lago.demo.tell import tell

    app = create_app(settings)
    logging.getLogger().setLevel(logging.WARNING)
    with app.app_context():
        try:
            stage = tell(app.test_client(), clock.real_now().date())
        except DemoFailed as error:
            raise StartFailed(f"the demo was not finished: {error}") from error
    made = {"email": stage.email, "password": stage.password, "api_key": stage.api_key}
    lines = [f"{stage.name} lives at {settings.front_url}", *(f"  {line}" for line in described(made)), ""]
    sys.stdout.write("\n".join(["", *lines]))
