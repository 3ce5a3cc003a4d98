"""What stands below the totals of an invoice: what the law asks for, and what a billing entity has to say (04 §17)."""

from collections.abc import Iterable, Iterator

from lago.invoicing.document.values import Cents, Notice, Phrase
from lago.invoicing.models import Invoice
from lago.invoicing.models.applied_taxes import AppliedTax
from lago.organizations.models import BillingEntity


def notices_of(invoice: Invoice) -> tuple[Notice, ...]:
    """In the order of the layout: mentions of the law, the threshold that a progressive invoice is about, texts of the
    organization's own."""
    mentions = eu_mentions(invoice.billing_entity, invoice.applied_taxes)
    return (*mentions, *_threshold(invoice), *_custom_sections(invoice))


def eu_mentions(entity: BillingEntity, taxes: Iterable[AppliedTax]) -> tuple[Notice, ...]:
    """What the law asks for where a tax of the EU's automatic detection makes a document free of tax (04 §17)."""
    if not entity.eu_tax_management:
        return ()
    exempt = "tax_exempt_france" if entity.country == "FR" else "tax_exempt"
    mentions = {"lago_eu_reverse_charge": "reverse_charge", "lago_eu_tax_exempt": exempt}
    codes = {tax.tax_code for tax in taxes}
    return tuple(Notice(Phrase(key)) for code, key in mentions.items() if code in codes)


def _threshold(invoice: Invoice) -> Iterator[Notice]:
    """The usage that was reached, and the last threshold that it passed: of a recurring one, the multiple."""
    if not invoice.applied_usage_thresholds:
        return
    last = invoice.applied_usage_thresholds[-1]
    reached, step = last.lifetime_usage_amount_cents, last.amount_cents
    passed = reached - reached % step if last.recurring else step
    yield Notice(Phrase("threshold_passed", {"reached": Cents(reached), "threshold": Cents(passed)}))


def _custom_sections(invoice: Invoice) -> Iterator[Notice]:
    """The organization's own texts; one without any says nothing."""
    for section in invoice.custom_sections:
        if section.display_name or section.details:
            yield Notice(section.details or "", section.display_name)
