"""Configuration of gunicorn, read by it as a Python module: see its documentation for the names."""

from __future__ import annotations

import logging
import os
import signal

from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from lago.core import logs
from lago.core.settings import Settings
from lago.supervisor import refusals
from lago.supervisor.gate import wait_at_gate

_settings = Settings.from_env(os.environ)
refusals.install()


class SharedLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where all others go."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        logs.configure(_settings.log_level)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
        self.error_log.setLevel(max(logging.getLogger().level, logging.WARNING))


def load_in_turn(arbiter: Arbiter, worker: Worker) -> None:
    """The first process loads the application beside the one that prepares the database, the others after that.

    All at once would delay the first answer. Until a process has its own signal handlers, TERM simply ends it.
    """
    if worker.age > 1:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        wait_at_gate(worker)


wsgi_app = "app:create_app()"
workers = _settings.web_concurrency
worker_class = "gthread"
threads = 4
graceful_timeout = 30
timeout = 120
keepalive = 75
limit_request_line = 8190
control_socket_disable = True
logger_class = SharedLogger
post_fork = load_in_turn
post_worker_init = wait_at_gate
proc_name = "lago"
