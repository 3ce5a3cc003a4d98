"""The ledger of wallets: their balance is the sum of its settled rows, and nobody else writes it.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Each settled row moves the balance by itself, once: the row of the wallet is locked by the UPDATE, so that concurrent
# writers follow each other, whatever they have read before.
_POST = """
CREATE FUNCTION wallets_post_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    cents bigint := 0;
    credits numeric := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status = 'settled' THEN
        cents := cents - CASE OLD.transaction_type WHEN 'inbound' THEN OLD.amount_cents ELSE -OLD.amount_cents END;
        credits := credits - CASE OLD.transaction_type WHEN 'inbound' THEN OLD.credit_amount ELSE -OLD.credit_amount END;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.status = 'settled' THEN
        cents := cents + CASE NEW.transaction_type WHEN 'inbound' THEN NEW.amount_cents ELSE -NEW.amount_cents END;
        credits := credits + CASE NEW.transaction_type WHEN 'inbound' THEN NEW.credit_amount ELSE -NEW.credit_amount END;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.wallet_id <> OLD.wallet_id THEN
        RAISE EXCEPTION 'a wallet transaction stays in its wallet' USING ERRCODE = 'check_violation';
    END IF;
    IF cents <> 0 OR credits <> 0 THEN
        UPDATE wallets SET balance_cents = balance_cents + cents, credits_balance = credits_balance + credits
        WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.wallet_id ELSE NEW.wallet_id END;
    END IF;
    RETURN NULL;
END
$$
"""

_GUARD = """
CREATE FUNCTION wallets_guard_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.balance_cents <> 0 OR NEW.credits_balance <> 0 THEN
            RAISE EXCEPTION 'a wallet begins empty' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.balance_cents <> OLD.balance_cents OR NEW.credits_balance <> OLD.credits_balance THEN
        RAISE EXCEPTION 'the balance of a wallet is the sum of its transactions' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.execute(_POST)
    op.execute(_GUARD)
    op.execute(
        "CREATE TRIGGER post_transaction AFTER INSERT OR DELETE"
        " OR UPDATE OF wallet_id, transaction_type, status, amount_cents, credit_amount"
        " ON wallet_transactions FOR EACH ROW EXECUTE FUNCTION wallets_post_transaction()"
    )
    op.execute(
        "CREATE TRIGGER guard_balance BEFORE INSERT OR UPDATE OF balance_cents, credits_balance"
        " ON wallets FOR EACH ROW EXECUTE FUNCTION wallets_guard_balance()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER guard_balance ON wallets")
    op.execute("DROP TRIGGER post_transaction ON wallet_transactions")
    op.execute("DROP FUNCTION wallets_guard_balance()")
    op.execute("DROP FUNCTION wallets_post_transaction()")
