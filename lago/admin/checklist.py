"""The list of first steps on the dashboard of a new organization, which ticks itself (issue: the first day)."""

import json
import shlex
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from htmx_flask import make_response as htmx_response

from lago.admin.blueprint import blueprint
from lago.admin.pages import current_organization, page, show, wants_fragment
from lago.analytics.first_steps import FirstSteps, first_steps
from lago.core import clock, config
from lago.core.ids import new_id
from lago.organizations.roles import HOME

_STEPS = (
    ("metric", "Create a billable metric", "What is counted: calls, seats, gigabytes.", "new_billable_metric"),
    ("plan", "Create a plan", "What it costs: a fee, and a charge on the metric.", "new_plan"),
    ("customer", "Create a customer", "Who pays.", "new_customer"),
    ("subscription", "Subscribe the customer", "From when the plan counts.", "new_subscription"),
    ("event", "Send the first event", "What was used. Your program sends it.", None),
    ("invoice", "See the first invoice", "It comes by itself when the period ends, or at once for a plan that is paid "
     "in advance.", "invoices"),
)
_EXAMPLE_UNITS = 12


@dataclass(frozen=True)
class Step:
    """`view`: where it is made."""

    name: str
    title: str
    why: str
    view: str | None
    done: bool


@dataclass(frozen=True)
class Checklist:
    """`next`: the first step that is not made; `curl` and `python` send an event that counts."""

    steps: list[Step]
    next: str | None
    curl: str
    python: str

    @property
    def made(self) -> int:
        return sum(step.done for step in self.steps)


@blueprint.app_template_global("checklist")
def checklist() -> Checklist | None:
    """The list; None once somebody has put it away, or all is done."""
    organization = current_organization()
    if organization.checklist_hidden_at:
        return None
    found = first_steps(organization.id)
    return None if found.all_done else _as_list(found)


@page("GET", "/checklist", needs=HOME)
def checklist_page() -> Any:
    """The list as it now is, for who looks at it while it is worked on; nothing as long as nothing is new."""
    if not wants_fragment():
        return redirect(url_for("admin.dashboard"))
    found = _as_list(first_steps(current_organization().id))
    if request.args.get("made") == str(found.made):
        return htmx_response("", 204)
    return show("dashboard/_checklist.html", "dashboard/_checklist.html", steps_now=found)


@page("POST", "/checklist/hide", needs="organization:update")
def hide_checklist() -> Any:
    """Puts it away for all members."""
    current_organization().checklist_hidden_at = clock.real_now()
    return htmx_response("") if wants_fragment() else redirect(url_for("admin.dashboard"))


def _as_list(found: FirstSteps) -> Checklist:
    steps = [Step(name, title, why, view, found.done[name]) for name, title, why, view in _STEPS]
    following = next((step.name for step in steps if not step.done), None)
    event = _event(found)
    return Checklist(steps, following, _curl(event), _python(event))


def _event(found: FirstSteps) -> dict[str, Any]:
    event: dict[str, Any] = {
        "transaction_id": f"first-{new_id()}", "code": found.metric_code or "your_metric",
        "external_subscription_id": found.external_subscription_id or "your_subscription",
    }
    return {**event, "properties": {found.field_name: _EXAMPLE_UNITS}} if found.field_name else event


def _curl(event: dict[str, Any]) -> str:
    lines = (
        "curl -X POST",
        '-H "Authorization: Bearer $LAGO_API_KEY"',
        "-H 'Content-Type: application/json'",
        f"-d {shlex.quote(json.dumps({'event': event}))}",
        f"{_address()}/api/v1/events",
    )
    return " \\\n  ".join(lines)


def _python(event: dict[str, Any]) -> str:
    arguments = "".join(f"    {name}={value!r},\n" for name, value in event.items())
    return (
        "# pip install lago-python-client\n"
        "import os\n"
        "from lago_python_client import Client\n"
        "from lago_python_client.models import Event\n\n"
        f"client = Client(api_key=os.environ[\"LAGO_API_KEY\"], api_url={_address() + '/'!r})\n"
        f"client.events.create(Event(\n{arguments}))"
    )


def _address() -> str:
    return config.settings().api_url.rstrip("/")
