"""Alerts on the balances of a wallet: what clients say of them (05 §1.16). What sets them off is in
`evaluate_wallet_alerts`."""
