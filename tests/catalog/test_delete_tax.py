"""What a deleted tax is detached from."""

from lago.catalog.delete_tax import links


def test_every_table_that_attaches_taxes_is_known():
    assert {table.name for table in links()} == {
        "billing_entity_taxes", "plan_taxes", "charge_taxes", "fixed_charge_taxes", "add_on_taxes", "commitment_taxes",
        "customer_taxes",
    }
