"""The acceptance scenarios that hold by now, against a real server: they know it by its HTTP API alone."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.running import ADMIN_KEY, Furnished, running

pytestmark = pytest.mark.acceptance

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "conformance"

HELD = (
    "test_first_invoice.py",
    "invoicing/test_coupons_on_invoice.py",
    "invoicing/test_credit_notes.py",
    "invoicing/test_eu_taxes.py",
    "invoicing/test_grace_period.py",
    "invoicing/test_invoice_numbering.py",
    "invoicing/test_invoice_preview.py",
    "invoicing/test_one_off_invoices.py",
    "invoicing/test_prepaid_credit_caps.py",
    "invoicing/test_spending_minimum.py",
    "invoicing/test_subscription_invoices.py",
    "invoicing/test_taxes_on_invoice.py",
    "invoicing/test_termination_credit.py",
    "invoicing/test_void_invoice.py",
    "metering/test_event_estimates.py",
    "metering/test_event_ingestion.py",
    "metering/test_usage_count.py",
    "metering/test_usage_dynamic.py",
    "metering/test_usage_filters.py",
    "metering/test_usage_graduated.py",
    "metering/test_usage_graduated_percentage.py",
    "metering/test_usage_latest.py",
    "metering/test_usage_max.py",
    "metering/test_usage_narrowed.py",
    "metering/test_usage_package.py",
    "metering/test_usage_percentage.py",
    "metering/test_usage_periods.py",
    "metering/test_usage_prorated_graduated.py",
    "metering/test_usage_prorated_sum.py",
    "metering/test_usage_prorated_unique_count.py",
    "metering/test_usage_rounding.py",
    "metering/test_usage_standard.py",
    "metering/test_usage_sum.py",
    "metering/test_usage_unique_count.py",
    "metering/test_usage_volume.py",
    "metering/test_usage_weighted_sum.py",
    "metering/test_usage_zero.py",
    "pricing/test_fixed_charge_units.py",
    "pricing/test_minimum_commitment.py",
    "pricing/test_pay_in_advance_fees.py",
    "pricing/test_plan_charge_management.py",
    "pricing/test_recurring_charge_fees.py",
    "pricing/test_regrouped_paid_fees.py",
    "pricing/test_termination_billing.py",
    "subscriptions/test_all_kinds_of_charges.py",
    "subscriptions/test_billing_days.py",
    "subscriptions/test_billing_periods.py",
    "subscriptions/test_daily_price.py",
    "subscriptions/test_free_trial.py",
    "subscriptions/test_invoice_windows.py",
    "subscriptions/test_plan_downgrade.py",
    "subscriptions/test_plan_upgrade.py",
    "subscriptions/test_start_later.py",
    "subscriptions/test_terminate_and_recreate.py",
    "wallets/test_analytics_amounts.py",
    "wallets/test_events_targeting_wallets.py",
    "wallets/test_lifetime_usage.py",
    "wallets/test_payments.py",
    "wallets/test_plan_deletion.py",
    "wallets/test_progressive_invoices.py",
    "wallets/test_subscription_alerts.py",
    "wallets/test_wallet_alerts.py",
    "wallets/test_wallet_application.py",
    "wallets/test_wallet_balance.py",
    "wallets/test_wallet_consumption.py",
    "wallets/test_wallet_rules.py",
    "wallets/test_wallet_top_ups.py",
)
"""Files of `scenarios/` all of which holds."""


@pytest.fixture(scope="module")
def server() -> Iterator[Furnished]:
    if not FOLDER.exists():
        pytest.skip(f"the scenarios are not there ({FOLDER})")
    with running() as found:
        yield found


def test_scenarios(server: Furnished) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**inherited, "LAGO_API_URL": server.url, "ADMIN_API_KEY": ADMIN_KEY, "PYTHONDONTWRITEBYTECODE": "1"}
    files = [f"scenarios/{path}" for path in HELD]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *files]
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
