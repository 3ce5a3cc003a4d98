"""Log lines for machines and for people."""

import io
import json
import logging

import pytest

from lago.core import logs


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logs.set_request_id(None)


@pytest.fixture
def line():
    """Logs one warning and gives what was written."""

    def write(stream, **extra):
        logs.configure("INFO", stream)
        logging.getLogger("lago.test").warning("It took %s s", 31, extra=extra)
        return stream.getvalue()

    return write


def test_json_line_has_the_agreed_fields(line):
    logs.set_request_id("r-1")
    written = json.loads(line(io.StringIO(), invoice_id="i-1"))
    assert written.pop("time").endswith("Z")
    assert written == {
        "level": "warning", "logger": "lago.test", "message": "It took 31 s", "request_id": "r-1", "invoice_id": "i-1",
    }  # fmt: skip


def test_terminal_gets_readable_text(line):
    assert "WARNING lago.test: It took 31 s  seconds=31\n" in line(Terminal(), seconds=31)


@pytest.mark.parametrize("name", ["password", "api_key", "Authorization", "smtp_password", "database_url"])
def test_values_under_secret_names_are_masked(line, name):
    assert "hush" not in line(io.StringIO(), **{name: "hush"})


def test_exception_is_one_line_of_json():
    stream = io.StringIO()
    logs.configure("INFO", stream)
    try:
        raise ValueError("broken")
    except ValueError:
        logging.getLogger("lago.test").exception("failed")
    assert "ValueError: broken" in json.loads(stream.getvalue())["exception"]


def test_level_is_respected():
    stream = io.StringIO()
    logs.configure("ERROR", stream)
    logging.getLogger("lago.test").warning("unheard")
    assert stream.getvalue() == ""
