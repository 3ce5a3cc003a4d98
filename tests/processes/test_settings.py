"""Settings: defaults, forms that are accepted, and refusals that name the variable."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lago.core.settings import Settings, SettingsError


@pytest.fixture
def settings_of(tmp_path):
    """Settings of the given variables, on a data directory of the test's own."""
    return lambda **variables: Settings.from_env({"LAGO_DATA_DIR": str(tmp_path / "var"), **variables})


DEFAULTS = {
    "host": "127.0.0.1", "port": 3000, "database_url": None, "redis_url": None, "api_url": "http://127.0.0.1:3000",
    "front_url": "http://127.0.0.1:3000", "admin_api_key": None, "create_org": None, "org_api_key": None,
    "from_email": None, "smtp_url": None, "clickhouse_url": None, "log_level": "INFO", "webhook_attempts": 3,
    "subscription_termination_alert_sent_at_days": (15, 45),
    "webhook_timeout_seconds": 30, "disable_signup": False, "disable_events_validation": False,
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), DEFAULTS.items())
def test_default(settings_of, name, value):
    assert getattr(settings_of(), name) == value


def test_data_directory_is_var_in_the_current_one(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert Settings.from_env({}).data_dir == tmp_path / "var"


@pytest.mark.parametrize(
    ("variable", "given", "name", "read"),
    [
        ("PORT", " 80 ", "port", 80),
        ("PORT", "", "port", 3000),
        ("DATABASE_URL", "postgres://u:p@db/lago", "database_url", "postgresql+psycopg://u:p@db/lago"),
        ("DATABASE_URL", "postgresql://db/lago?sslmode=require", "database_url",
         "postgresql+psycopg://db/lago?sslmode=require"),
        ("DATABASE_URL", "postgresql+psycopg://u@/x?host=%2Ftmp", "database_url",
         "postgresql+psycopg://u@/x?host=%2Ftmp"),
        ("REDIS_URL", "rediss://:p@cache:6380/2", "redis_url", "rediss://:p@cache:6380/2"),
        ("LAGO_REDIS_CACHE_URL", "redis://cache", "redis_url", "redis://cache"),
        ("LAGO_API_URL", "https://billing.example.com/", "api_url", "https://billing.example.com"),
        ("LAGO_CREATE_ORG", "false", "create_org", False),
        ("LAGO_LOG_LEVEL", "debug", "log_level", "DEBUG"),
        ("LAGO_DISABLE_SIGNUP", "true", "disable_signup", True),
        ("LAGO_DISABLE_EVENTS_VALIDATION", "true", "disable_events_validation", True),
        ("SECRET_KEY_BASE", "old name", "secret_key", "old name"),
        ("SMTP_URL", "smtp://u:p@mail:587", "smtp_url", "smtp://u:p@mail:587"),
        ("WEB_CONCURRENCY", "7", "web_concurrency", 7),
        ("LAGO_SUBSCRIPTION_TERMINATION_ALERT_SENT_AT_DAYS", "7, 30,60", "subscription_termination_alert_sent_at_days",
         (7, 30, 60)),
    ],
)  # fmt: skip
def test_accepted(settings_of, variable, given, name, read):
    assert getattr(settings_of(**{variable: given}), name) == read


@pytest.mark.parametrize(
    ("variable", "given", "expected"),
    [
        ("PORT", "0", "1 to 65535"),
        ("PORT", "http", "1 to 65535"),
        ("PORT", "３０００", "1 to 65535"),
        ("WEB_CONCURRENCY", "0", "1 to 256"),
        ("WORKER_CONCURRENCY", "-1", "1 to 256"),
        ("DATABASE_URL", "mysql://db/lago", "postgresql://"),
        ("DATABASE_URL", "postgresql://db:port/lago", "postgresql://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        ("LAGO_API_URL", "billing.example.com", "https://"),
        ("LAGO_FRONT_URL", "https://", "https://"),
        ("LAGO_CREATE_ORG", "yes", "true or false"),
        ("LAGO_DISABLE_SIGNUP", "1", "true or false"),
        ("LAGO_FROM_EMAIL", "nobody", "e-mail"),
        ("LAGO_ORG_USER_EMAIL", "a b@example.com", "e-mail"),
        ("SMTP_URL", "mail.example.com", "smtp://"),
        ("LAGO_CLICKHOUSE_URL", "ch", "http://"),
        ("LAGO_LOG_LEVEL", "loud", "INFO"),
        ("LAGO_WEBHOOK_ATTEMPTS", "three", "1 to 100"),
        ("LAGO_WEBHOOK_TIMEOUT_SECONDS", "0.5", "1 to 600"),
        ("LAGO_SUBSCRIPTION_TERMINATION_ALERT_SENT_AT_DAYS", "15,", "whole numbers"),
        ("LAGO_SUBSCRIPTION_TERMINATION_ALERT_SENT_AT_DAYS", "0", "1 to 3650"),
        ("LAGO_RSA_PRIVATE_KEY", "not a key", "RSA private key"),
        ("LAGO_RSA_PRIVATE_KEY", base64.b64encode(b"-----BEGIN").decode(), "RSA private key"),
    ],
)
def test_refused_by_name_without_repeating_the_value(settings_of, variable, given, expected):
    with pytest.raises(SettingsError) as refusal:
        settings_of(**{variable: given})
    assert str(refusal.value).startswith(f"{variable}: ") and expected in str(refusal.value)


def test_database_from_separate_variables(settings_of):
    settings = settings_of(POSTGRES_HOST="db", POSTGRES_USER="u", POSTGRES_PASSWORD="p@s/s", POSTGRES_DB="billing")
    assert settings.database_url == "postgresql+psycopg://u:p%40s%2Fs@db:5432/billing"


def test_redis_password_is_put_into_the_url(settings_of):
    assert settings_of(REDIS_URL="redis://cache:6379/1", REDIS_PASSWORD="x y").redis_url == "redis://:x%20y@cache:6379/1"


def test_mail_from_separate_variables(settings_of):
    settings = settings_of(LAGO_SMTP_ADDRESS="mail", LAGO_SMTP_USERNAME="u", LAGO_SMTP_PASSWORD="p")
    assert settings.smtp_url == "smtp://u:p@mail:587"


@pytest.mark.parametrize(
    ("host", "address"),
    [("0.0.0.0", "http://127.0.0.1:3000"), ("::1", "http://[::1]:3000"), ("box", "http://box:3000")],
)
def test_address_follows_the_host(settings_of, host, address):
    assert settings_of(HOST=host).api_url == address


@pytest.mark.parametrize("missing", ["LAGO_ORG_NAME", "LAGO_ORG_USER_EMAIL", "LAGO_ORG_USER_PASSWORD"])
def test_creating_an_organization_needs_all_of_it(settings_of, missing):
    given = {"LAGO_ORG_NAME": "Acme", "LAGO_ORG_USER_EMAIL": "a@acme.test", "LAGO_ORG_USER_PASSWORD": "secret"}
    del given[missing]
    with pytest.raises(SettingsError, match=f"^{missing}: "):
        settings_of(LAGO_CREATE_ORG="true", **given)


def test_secrets_are_made_once_for_the_owner_alone(settings_of, tmp_path):
    first, second = settings_of(), settings_of()
    kept = tmp_path / "var" / "secrets"
    assert (first.secret_key, first.encryption_key) == (second.secret_key, second.encryption_key)
    assert mode(kept) == 0o700 and {mode(file) for file in kept.iterdir()} == {0o600}
    assert load_pem_private_key(base64.b64decode(second.rsa_private_key), password=None).key_size == 2048


def test_given_secrets_leave_no_files(settings_of, tmp_path):
    key = settings_of().rsa_private_key
    Settings.from_env(
        {"LAGO_DATA_DIR": str(tmp_path / "other"), "SECRET_KEY": "a", "LAGO_ENCRYPTION_KEY": "b",
         "LAGO_RSA_PRIVATE_KEY": key}
    )  # fmt: skip
    assert not (tmp_path / "other").exists()


def test_processes_that_start_together_agree_on_the_secrets(settings_of):
    with ThreadPoolExecutor(8) as pool:
        settings = list(pool.map(lambda _: settings_of(), range(8)))
    assert len({(one.secret_key, one.encryption_key, one.rsa_private_key) for one in settings}) == 1


def test_a_secret_that_cannot_be_kept_is_refused_by_name(tmp_path):
    (tmp_path / "file").write_text("no directory")
    with pytest.raises(SettingsError, match="^SECRET_KEY: "):
        Settings.from_env({"LAGO_DATA_DIR": str(tmp_path / "file")})


def test_a_print_of_the_settings_shows_no_secret(settings_of):
    assert "hush" not in repr(settings_of(SECRET_KEY="hush", DATABASE_URL="postgresql://u:hush@db/x"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
