"""The choice of custom sections: by a billing entity, a customer, a subscription, a wallet … (04 §15)."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from marshmallow import fields
from sqlalchemy import delete, select

from lago.core.db import db
from lago.organizations.custom_sections import chosen_by, sections_of_codes
from lago.organizations.models import ChosenCustomSection

_CHOOSERS = {
    "billing_entities": "billing_entity_id", "customers": "customer_id", "subscriptions": "subscription_id",
    "wallets": "wallet_id", "recurring_transaction_rules": "recurring_transaction_rule_id",
    "wallet_transactions": "wallet_transaction_id",
}


class Chooser(Protocol):
    """A record that can choose sections."""

    __tablename__: str
    id: Any
    organization_id: Any


class SkippingChooser(Chooser, Protocol):
    """One that can also ask for none at all."""

    skip_invoice_custom_sections: Any


@dataclass(frozen=True)
class SectionChoice:
    """What a client says of custom sections: null of either is not said."""

    skip: bool | None = None
    codes: tuple[str, ...] | None = None


class CustomSections(fields.Raw):
    """`invoice_custom_section` of a client's object. Null, or what is of the wrong shape, says nothing (06 §2.1)."""

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return super().deserialize({} if value is None else value, *args, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> SectionChoice:
        return read_choice(value)


def read_choice(sent: Any) -> SectionChoice:
    """The choice that an object `{skip_invoice_custom_sections, invoice_custom_section_codes}` stands for."""
    given = sent if isinstance(sent, Mapping) else {}
    skip, codes = given.get("skip_invoice_custom_sections"), given.get("invoice_custom_section_codes")
    return SectionChoice(
        skip if isinstance(skip, bool) else None,
        tuple(code for code in codes if isinstance(code, str)) if isinstance(codes, list) else None,
    )


def decide(owner: SkippingChooser, choice: SectionChoice) -> None:
    """Has a record that is stored carry no sections, or those of the codes; codes end an earlier wish for none.

    With both the wish for none wins. Null of both changes nothing.
    """
    if choice.skip is not None:
        owner.skip_invoice_custom_sections = choice.skip
    if choice.skip:
        choose_sections(owner, ())
    elif choice.codes is not None:
        owner.skip_invoice_custom_sections = False
        choose_sections(owner, choice.codes)


def choice_of(owner: SkippingChooser) -> SectionChoice:
    """What a record has decided, for another one to decide the same."""
    if owner.skip_invoice_custom_sections:
        return SectionChoice(skip=True)
    rows = chosen_by(**{_CHOOSERS[owner.__tablename__]: [owner.id]}).get(owner.id, ())
    return SectionChoice(codes=tuple(row.section.code for row in rows)) if rows else SectionChoice()


def choose_sections(owner: Chooser, codes: Collection[str]) -> None:
    """Replaces what a stored record has chosen by the sections of these codes; unknown ones are ignored."""
    chooser = getattr(ChosenCustomSection, _CHOOSERS[owner.__tablename__])
    wanted = {section.id for section in sections_of_codes(owner.organization_id, codes)}
    before = set(db.session.scalars(select(ChosenCustomSection.section_id).where(chooser == owner.id)))
    if before - wanted:
        gone = ChosenCustomSection.section_id.in_(before - wanted)
        db.session.execute(delete(ChosenCustomSection).where(chooser == owner.id, gone))
    db.session.add_all([_row(owner, section_id) for section_id in sorted(wanted - before)])
    db.session.flush()


def _row(owner: Chooser, section_id: uuid.UUID) -> ChosenCustomSection:
    named = {_CHOOSERS[owner.__tablename__]: owner.id}
    return ChosenCustomSection(organization_id=owner.organization_id, section_id=section_id, **named)
