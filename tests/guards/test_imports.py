"""Imports go down only, and libraries stay where they belong (pyproject.toml, `tool.importlinter`)."""

import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from tests.guards.sources import ROOT

_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"

VIOLATIONS = {
    "Imports go down only": ("lago/core/wrong_layers.py", "import lago.catalog.models"),
    "Flask only at the edges": ("lago/invoicing/wrong_flask.py", "from flask import g"),
    "RQ only in core/jobs.py and worker.py": ("lago/core/wrong_rq.py", "import rq"),
    "APScheduler only in scheduler.py": ("lago/worker_wrong/__init__.py", "from apscheduler import job"),
    "xhtml2pdf only in invoicing/pdf.py": ("lago/invoicing/document/wrong_pdf.py", "import xhtml2pdf"),
    "Factur-X only in invoicing/einvoicing/xml.py": ("lago/invoicing/wrong_einvoice.py", "import facturx"),
    "HTTP clients only in webhooks/deliver.py and customers/vies.py": ("lago/webhooks/wrong_http.py", "import httpx"),
    "SMTP only in core/mail.py": ("lago/webhooks/wrong_smtp.py", "import smtplib"),
    "Pricing knows no database, no web and no settings": ("lago/pricing/wrong_store.py", "import sqlalchemy.orm"),
}
"""A file that breaks each contract."""


def lint(directory):
    done = subprocess.run([sys.executable, "-c", _LINT], cwd=directory, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path):
    """A copy of the package with its contracts."""
    shutil.copytree(ROOT / "lago", tmp_path / "lago", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept():
    code, report = lint(ROOT)
    assert code == 0, report


def test_every_contract_can_be_broken(copy):
    for path, line in VIOLATIONS.values():
        (copy / path).parent.mkdir(exist_ok=True)
        (copy / path).write_text(line + "\n")
    _, report = lint(copy)
    states = dict(re.findall(r"^(.+) (BROKEN|KEPT)\b", report, re.MULTILINE))
    assert states == dict.fromkeys(VIOLATIONS, "BROKEN"), report


def test_each_forbidden_name_is_one_module():
    """Several names in one text would be one unknown module, which nobody imports."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    names = [name for contract in contracts for name in contract.get("forbidden_modules", [])]
    assert names and all(name.isidentifier() for name in names), names
