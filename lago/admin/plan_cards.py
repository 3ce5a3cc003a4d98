"""The charges of a plan as its form shows them: what is typed, and what may be chosen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lago.admin.form_tree import Tree, chosen_of, part_of, rows_of, text_of
from lago.admin.plan_body import is_on, values_of
from lago.admin.plan_draft import pair
from lago.admin.plan_offers import Choices, fixed_terms_for, models_for, terms_for
from lago.admin.plan_price_card import PriceCard, Pricing, fields_but, money_of
from lago.admin.plan_prices import MODELS
from lago.catalog.fixed_charge_rules import MODELS as FIXED_MODELS
from lago.catalog.models import ALL_FILTER_VALUES, BillableMetric

IN_HEAD = ("id", "open")
OF_FIXED_CHARGES = "sum_agg"
"""Their units are priced as those of a metric that adds them up."""


@dataclass(frozen=True)
class Key:
    """A key of a metric's filters: each value with what is sent if it is chosen, and whether it is."""

    name: str
    values: tuple[tuple[str, str, bool], ...]
    all_values: tuple[str, bool]


@dataclass(frozen=True)
class FilterCard:
    """A filter at its path in the form. `label`: its name, or what is chosen of it."""

    path: str
    texts: Tree
    keys: tuple[Key, ...]
    price: PriceCard

    @property
    def label(self) -> str:
        return text_of(self.texts, "invoice_display_name") or _chosen_words(self.texts)


@dataclass(frozen=True)
class ChargeCard:
    """A charge at its path. `may`: the terms that go with what is chosen; `keeps`: its terms are fixed."""

    path: str
    texts: Tree
    metric: BillableMetric | None
    models: Sequence[str]
    may: frozenset[str]
    keeps: bool
    price: PriceCard
    filters: tuple[FilterCard, ...]

    @property
    def folded(self) -> list[tuple[str, str]]:
        """The fields of the charge while nobody sees them."""
        return fields_but(self.path, self.texts, IN_HEAD)

    @property
    def without_metric(self) -> list[tuple[str, str]]:
        """What was typed before the metric was taken away."""
        return fields_but(self.path, self.texts, (*IN_HEAD, "billable_metric_id"))

    @property
    def model_options(self) -> list[tuple[str, str]]:
        return [(model, MODELS[model][0]) for model in self.models]


@dataclass(frozen=True)
class FixedCard:
    """A fixed charge at its path. `stored`: it is one of the plan, and keeps its add-on and times."""

    path: str
    texts: Tree
    name: str
    may: frozenset[str]
    stored: bool
    keeps: bool
    price: PriceCard

    @property
    def folded(self) -> list[tuple[str, str]]:
        """The fields of the fixed charge while nobody sees them."""
        return fields_but(self.path, self.texts, IN_HEAD)

    model_options = tuple((model, MODELS[model][0]) for model in FIXED_MODELS)


def charge_card(draft: Tree, place: int, choices: Choices, *, attached: bool) -> ChargeCard:
    """The card of the charge in that place of a completed draft."""
    texts = rows_of(draft, "charges")[place]
    metric = choices.metrics.get(text_of(texts, "billable_metric_id"))
    model = text_of(texts, "charge_model")
    in_advance, invoiceable = is_on(texts, "pay_in_advance"), is_on(texts, "invoiceable")
    may = terms_for(metric, model, in_advance=in_advance, invoiceable=invoiceable) if metric else frozenset[str]()
    pricing = Pricing(model, metric.aggregation_type if metric else "", money_of(draft, texts), is_on(texts, "open"))
    path = f"charges.{place}"
    return ChargeCard(
        path, texts, metric, models_for(metric) if metric else (), may,
        keeps=attached and bool(text_of(texts, "id")),
        price=pricing.card(f"{path}.price", part_of(texts, "price")),
        filters=tuple(
            _filter_card(f"{path}.filters.{number}", row, metric, pricing)
            for number, row in enumerate(rows_of(texts, "filters"))
        ),
    )


def fixed_card(draft: Tree, place: int, names: Mapping[str, str], *, attached: bool) -> FixedCard:
    """The card of the fixed charge in that place. `names`: of the add-ons."""
    texts = rows_of(draft, "fixed_charges")[place]
    model, path = text_of(texts, "charge_model"), f"fixed_charges.{place}"
    stored = bool(text_of(texts, "id"))
    pricing = Pricing(model, OF_FIXED_CHARGES, money_of(draft, texts), is_on(texts, "open"))
    price = part_of(texts, "price")
    return FixedCard(
        path, texts, names.get(text_of(texts, "add_on_id"), ""),
        fixed_terms_for(model, in_advance=is_on(texts, "pay_in_advance")),
        stored=stored, keeps=attached and stored,
        price=pricing.card(f"{path}.price", {**price, "sample_size": text_of(texts, "units")}),
    )


def _filter_card(path: str, texts: Tree, metric: BillableMetric | None, pricing: Pricing) -> FilterCard:
    chosen = set(chosen_of(texts, "chosen"))
    keys = tuple(_key(row.key, row.values, chosen) for row in metric.filters) if metric else ()
    return FilterCard(path, texts, keys, pricing.card(f"{path}.price", part_of(texts, "price")))


def _key(name: str, values: Sequence[str], chosen: set[str]) -> Key:
    sent = [(value, pair(name, value)) for value in sorted(values)]
    everything = pair(name, ALL_FILTER_VALUES)
    return Key(name, tuple((value, text, text in chosen) for value, text in sent), (everything, everything in chosen))


def _chosen_words(texts: Tree) -> str:
    """`region: eu, us · tier: any`."""
    return " · ".join(
        f"{key}: {'any' if some == [ALL_FILTER_VALUES] else ', '.join(some)}" for key, some in values_of(texts).items()
    )
