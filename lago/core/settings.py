"""The installation's settings: read once from the environment, checked, and never changed afterwards.

00 §1 lists the variables and their defaults; 06 §1.6 lists the names that a Lago self-hoster already has.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from lago.core import kept_secrets
from lago.core.environment import Environment, SettingsError
from lago.core.store_urls import database_url, redis_url, smtp_url

__all__ = ["Settings", "SettingsError"]

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
VIES_URL = "https://ec.europa.eu/taxation_customs/vies/rest-api/check-vat-number"
LOOPBACK_OF = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # the hosts that mean every interface


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting, with its type. `database_url` and `redis_url` are None where the embedded services serve."""

    host: str
    port: int
    database_url: str | None
    redis_url: str | None
    data_dir: Path
    api_url: str
    front_url: str
    secret_key: str
    encryption_key: str
    rsa_private_key: str
    admin_api_key: str | None
    create_org: bool | None
    org_name: str | None
    org_user_email: str | None
    org_user_password: str | None
    org_api_key: str | None
    from_email: str | None
    smtp_url: str | None
    clickhouse_url: str | None
    vies_url: str
    web_concurrency: int
    worker_concurrency: int
    log_level: str
    webhook_attempts: int
    webhook_timeout_seconds: int
    subscription_termination_alert_sent_at_days: tuple[int, ...]
    disable_signup: bool
    disable_events_validation: bool
    disable_pdf_generation: bool

    @classmethod
    def from_env(cls, variables: Mapping[str, str]) -> Self:
        """Reads and checks the variables; an empty one counts as unset.

        Secrets that are unset are made once and kept under the data directory.
        Raises SettingsError, whose message starts with the variable's name and says what is expected.
        """
        env = Environment(variables)
        host = (env.text("HOST") or "127.0.0.1").strip("[]")
        port = env.number("PORT", 3000, least=1, most=65535)
        data_dir = Path(env.text("LAGO_DATA_DIR") or "var").absolute()
        api_url = env.web_address("LAGO_API_URL") or default_address(host, port)
        create_org = env.flag("LAGO_CREATE_ORG")
        if create_org:
            require_first_organization(env)
        return cls(
            host=host,
            port=port,
            database_url=database_url(env),
            redis_url=redis_url(env),
            data_dir=data_dir,
            api_url=api_url,
            front_url=env.web_address("LAGO_FRONT_URL") or api_url,
            admin_api_key=env.text("ADMIN_API_KEY"),
            create_org=create_org,
            org_name=env.text("LAGO_ORG_NAME"),
            org_user_email=env.email("LAGO_ORG_USER_EMAIL"),
            org_user_password=env.text("LAGO_ORG_USER_PASSWORD"),
            org_api_key=env.text("LAGO_ORG_API_KEY"),
            from_email=env.email("LAGO_FROM_EMAIL"),
            smtp_url=smtp_url(env),
            clickhouse_url=env.url("LAGO_CLICKHOUSE_URL", ("http", "https", "clickhouse", "clickhouses")),
            vies_url=env.web_address("LAGO_VIES_URL") or VIES_URL,
            web_concurrency=env.number("WEB_CONCURRENCY", default_processes(), least=1, most=256),
            worker_concurrency=env.number("WORKER_CONCURRENCY", default_processes(), least=1, most=256),
            log_level=env.choice("LAGO_LOG_LEVEL", "INFO", LOG_LEVELS),
            webhook_attempts=env.number("LAGO_WEBHOOK_ATTEMPTS", 3, least=1, most=100),
            webhook_timeout_seconds=env.number("LAGO_WEBHOOK_TIMEOUT_SECONDS", 30, least=1, most=600),
            subscription_termination_alert_sent_at_days=env.numbers(
                "LAGO_SUBSCRIPTION_TERMINATION_ALERT_SENT_AT_DAYS", "15,45", least=1, most=3650
            ),
            disable_signup=env.flag("LAGO_DISABLE_SIGNUP") or False,
            disable_events_validation=env.flag("LAGO_DISABLE_EVENTS_VALIDATION") or False,
            disable_pdf_generation=env.flag("LAGO_DISABLE_PDF_GENERATION") or False,
            # Last, so that no other mistake leaves files behind.
            secret_key=env.text("SECRET_KEY") or env.text("SECRET_KEY_BASE") or kept_secrets.secret_key(data_dir),
            encryption_key=env.text("LAGO_ENCRYPTION_KEY") or kept_secrets.encryption_key(data_dir),
            rsa_private_key=env.rsa_key("LAGO_RSA_PRIVATE_KEY") or kept_secrets.rsa_private_key(data_dir),
        )

    @property
    def libpq_url(self) -> str:
        """The database for psycopg itself, without SQLAlchemy's name of the driver."""
        return (self.database_url or "").replace("postgresql+psycopg://", "postgresql://", 1)

    def with_stores(self, *, database_url: str, redis_url: str) -> Self:
        """The same settings, on the given stores."""
        return replace(self, database_url=database_url, redis_url=redis_url)

    def __repr__(self) -> str:
        """Names no secret: settings end up in logs and tracebacks."""
        return f"Settings(api_url={self.api_url!r}, data_dir={str(self.data_dir)!r})"


def default_address(host: str, port: int) -> str:
    """http://HOST:PORT, by the loopback address where HOST means every interface."""
    reachable = LOOPBACK_OF.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def default_processes() -> int:
    """One process per CPU that this process may use, two at least and four at most."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(2, min(usable, 4))


def require_first_organization(env: Environment) -> None:
    """00 §1: with LAGO_CREATE_ORG=true a missing name, e-mail or password stops the start."""
    for name in ("LAGO_ORG_NAME", "LAGO_ORG_USER_EMAIL", "LAGO_ORG_USER_PASSWORD"):
        if env.text(name) is None:
            raise SettingsError(f"{name}: must be set, because LAGO_CREATE_ORG is true")
