"""Permissions in words."""

from lago.organizations.roles import AREAS

_LABELS = {
    "add_ons": "Add-ons",
    "analytics": "Analytics",
    "audit_logs": "Activity and API logs",
    "developers": "Webhooks and background work",
    "developers:keys": "API keys",
    "dunning_campaigns": "Dunning",
    "email_settings": "E-mail settings",
    "invoice_custom_sections": "Custom sections",
    "organization": "Organization settings",
    "organizations": "Further organizations",
    "subscriptions": "Subscriptions, usage, alerts",
    "test_clock": "Sandbox clock",
}


def area_name(area: str) -> str:
    """What the menu calls it."""
    return _LABELS.get(area, area.replace("_", " ").capitalize())


def in_words(permission: str) -> str:
    """`Plans: create`, of `plans:create`."""
    area, _, action = permission.rpartition(":")
    return f"{area_name(area)}: {action.replace('_', ' ')}"


def summary(permissions: frozenset[str] | list[str]) -> list[str]:
    """One line for each area with something in it: `Plans: view, create`."""
    held = {area: [act for act in actions if f"{area}:{act}" in permissions] for area, actions in AREAS.items()}
    return [f"{area_name(area)}: {', '.join(acts).replace('_', ' ')}" for area, acts in held.items() if acts]
