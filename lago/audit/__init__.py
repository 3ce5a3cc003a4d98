"""Who did what, when: activity logs, API logs and security logs (06 §6)."""
