"""Configuration of gunicorn, read by it as a Python module: see its documentation for the names."""

from __future__ import annotations

import logging
import os

from gunicorn.config import Config
from gunicorn.glogging import Logger

from lago.core import logs
from lago.core.settings import Settings
from lago.supervisor.gate import wait_at_gate

_settings = Settings.from_env(os.environ)


class SharedLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines go where all others go."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        logs.configure(_settings.log_level)
        self.error_log.handlers[:] = []
        self.error_log.propagate = True
        self.error_log.setLevel(max(logging.getLogger().level, logging.WARNING))


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
post_worker_init = wait_at_gate
proc_name = "lago"
