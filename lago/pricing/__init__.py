"""Pure arithmetic of billing: decimals and dates in, values out; no database, settings or "now"."""
