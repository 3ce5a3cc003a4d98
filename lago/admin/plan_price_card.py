"""A price as the form of a plan shows it: what is typed, and what it would cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from lago.admin.form_tree import Tree, fields_under, rows_of, text_of
from lago.admin.plan_preview import Money, Preview, preview_of
from lago.admin.plan_prices import PRESENTATION_ROWS, properties_of, shown_of
from lago.admin.plan_problems import price_problems
from lago.admin.plan_samples import Terms, sample_of
from lago.catalog.charge_pricing_units import AppliedPricingUnitInput
from lago.core.errors import Invalid
from lago.pricing.currencies import CURRENCIES

ALWAYS_SHOWN = ("pricing_group_keys", "presentation", "sample_size", "sample_each")


@dataclass(frozen=True)
class PriceCard:
    """A price at its path in the form. `preview`: what it would cost; None while folded, and where `reasons` say why
    there is none: error codes, or nothing of a price that events name themselves."""

    path: str
    texts: Tree
    model: str
    kind: str
    preview: Preview | None = None
    reasons: tuple[str, ...] = ()

    @property
    def unseen(self) -> list[tuple[str, str]]:
        """The fields of other models: what is typed there comes back with its model."""
        return fields_but(self.path, self.texts, (*shown_of(self.model), *ALWAYS_SHOWN))

    @property
    def tiers(self) -> list[Tree]:
        return rows_of(self.texts, "tiers")

    @property
    def presentation(self) -> list[Tree]:
        """As many rows as there may be."""
        rows = rows_of(self.texts, "presentation")
        return [*rows, *({} for _ in range(PRESENTATION_ROWS - len(rows)))]


@dataclass(frozen=True)
class Pricing:
    """What the prices of one charge have in common."""

    model: str
    kind: str
    money: Money | None
    shown: bool

    def card(self, path: str, texts: Tree) -> PriceCard:
        """The card of one of them."""
        card = PriceCard(path, texts, self.model, self.kind)
        if not self.shown or not self.kind or self.model == "dynamic":
            return card
        properties = properties_of(self.model, texts)
        found = price_problems(self.model, properties)
        reasons = [code for codes in found.values() for code in codes] + ([] if self.money else ["no_currency"])
        if reasons or self.money is None:
            return PriceCard(path, texts, self.model, self.kind, reasons=tuple(dict.fromkeys(reasons)))
        terms = Terms(self.model, self.kind, properties)
        sample = sample_of(terms, text_of(texts, "sample_size"), text_of(texts, "sample_each"))
        return PriceCard(path, texts, self.model, self.kind, preview_of(terms, sample, self.money))


def money_of(draft: Tree, texts: Tree) -> Money | None:
    """What the charge's amounts are in; None as long as currency or rate are not known."""
    currency = text_of(draft, "amount_currency")
    if currency not in CURRENCIES:
        return None
    if not text_of(texts, "pricing_unit"):
        return Money(currency)
    try:
        rate = AppliedPricingUnitInput().read({"conversion_rate": text_of(texts, "conversion_rate")})
    except Invalid:
        return None
    return Money(currency, rate["conversion_rate"])


def fields_but(path: str, texts: Tree, names: Sequence[str]) -> list[tuple[str, str]]:
    """The fields under a path but those of these names."""
    return fields_under(path, {name: part for name, part in texts.items() if name not in names})
