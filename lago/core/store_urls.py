"""Where PostgreSQL, Redis and the mail server are: one URL, or the separate variables of a Lago installation."""

from __future__ import annotations

from urllib.parse import quote

from lago.core.environment import Environment

POSTGRES_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2")
DRIVER = "postgresql+psycopg"


def database_url(env: Environment) -> str | None:
    """DATABASE_URL, else one made of POSTGRES_HOST and its companions, in the form SQLAlchemy takes for psycopg 3."""
    given = env.url("DATABASE_URL", POSTGRES_SCHEMES)
    if given is not None:
        return f"{DRIVER}://{given.partition('://')[2]}"
    host = env.text("POSTGRES_HOST")
    if host is None:
        return None
    port = env.number("POSTGRES_PORT", 5432, least=1, most=65535)
    user = quote(env.text("POSTGRES_USER") or "postgres", safe="")
    database = quote(env.text("POSTGRES_DB") or "lago", safe="")
    return f"{DRIVER}://{user}{password(env, 'POSTGRES_PASSWORD')}@{host}:{port}/{database}"


def redis_url(env: Environment) -> str | None:
    """REDIS_URL, else Lago's cache URL; REDIS_PASSWORD is put in where the URL has none."""
    schemes = ("redis", "rediss", "unix")
    given = env.url("REDIS_URL", schemes) or env.url("LAGO_REDIS_CACHE_URL", schemes)
    secret = password(env, "REDIS_PASSWORD")
    if given is None or not secret or "@" in given:
        return given
    scheme, _, rest = given.partition("://")
    return f"{scheme}://{secret}@{rest}"


def smtp_url(env: Environment) -> str | None:
    """SMTP_URL, else one made of LAGO_SMTP_ADDRESS and its companions (587 with STARTTLS where no port is given)."""
    given = env.url("SMTP_URL", ("smtp", "smtps"))
    host = env.text("LAGO_SMTP_ADDRESS")
    if given is not None or host is None:
        return given
    port = env.number("LAGO_SMTP_PORT", 587, least=1, most=65535)
    user = quote(env.text("LAGO_SMTP_USERNAME") or "", safe="")
    login = f"{user}{password(env, 'LAGO_SMTP_PASSWORD')}@" if user else ""
    return f"{'smtps' if port == 465 else 'smtp'}://{login}{host}:{port}"


def password(env: Environment, name: str) -> str:
    secret = env.text(name)
    return f":{quote(secret, safe='')}" if secret else ""
