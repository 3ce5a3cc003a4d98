"""The form of a dunning campaign: what stands in it, what it is filled with, and what it sends (05 §2.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from lago.admin.form_tree import Tree, changed, read_tree, rows_of, text_of
from lago.admin.money_fields import cents_shown, cents_typed
from lago.payments.models import DunningCampaign

FIELDS = ("name", "code", "description", "bcc_emails", "days_between_attempts", "max_attempts")


@dataclass(frozen=True)
class Row:
    """A threshold as it is typed: a currency, and an amount in its major units."""

    path: str
    currency: str
    amount: str


@dataclass(frozen=True)
class Draft:
    """A campaign as it stands in the form."""

    texts: Mapping[str, str]
    rows: tuple[Row, ...]


def draft_of(campaign: DunningCampaign | None, currency: str) -> Draft:
    """What the form shows before anything is typed; a new campaign begins with a threshold of the currency."""
    if campaign is None:
        texts = {**dict.fromkeys(FIELDS, ""), "days_between_attempts": "7", "max_attempts": "3"}
        return Draft(texts, (Row("thresholds.0", currency, ""),))
    texts = {name: str(getattr(campaign, name) or "") for name in FIELDS}
    return Draft({**texts, "bcc_emails": ", ".join(campaign.bcc_emails)}, _stored(campaign))


def typed_draft() -> Draft:
    """What was sent, with a row more or less if that was asked for."""
    tree = changed(read_tree(request.form), request.form.get("change", ""))
    rows = tuple(_row(place, row) for place, row in enumerate(rows_of(tree, "thresholds")))
    return Draft({name: text_of(tree, name) for name in FIELDS}, rows)


def body_of(draft: Draft) -> dict[str, Any]:
    """What the verbs read. A row in which no amount was typed stays, for them to refuse."""
    copies = [one.strip() for one in draft.texts["bcc_emails"].replace("\n", ",").split(",") if one.strip()]
    return {
        **{name: draft.texts[name] for name in ("name", "code", "days_between_attempts", "max_attempts")},
        "description": draft.texts["description"] or None,
        "bcc_emails": copies,
        "thresholds": [
            {"currency": row.currency, "amount_cents": cents_typed(row.amount or None, row.currency)}
            for row in draft.rows
        ],
    }


def named(errors: Mapping[str, Any]) -> dict[str, Any]:
    """The errors by the fields of the form."""
    return {name.replace(".amount_cents", ".amount"): codes for name, codes in errors.items()}


def _stored(campaign: DunningCampaign) -> tuple[Row, ...]:
    return tuple(
        Row(f"thresholds.{place}", one.currency, cents_shown(one.amount_cents, one.currency))
        for place, one in enumerate(campaign.thresholds)
    )


def _row(place: int, tree: Tree) -> Row:
    return Row(f"thresholds.{place}", text_of(tree, "currency"), text_of(tree, "amount"))
