"""The end of a fee that stands on no invoice (02 §7.3)."""

from lago.core import clock
from lago.invoicing.models import Fee
from lago.invoicing.update_fee import check_not_invoiced


def delete_fee(fee: Fee) -> None:
    """Hides the fee from lists, sums and later invoices. Raises NotAllowed("invoiced_fee")."""
    check_not_invoiced(fee)
    fee.deleted_at = clock.now()
