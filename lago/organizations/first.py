"""The first organization of an installation (00 §1, 06 §1.5)."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import select

from lago.core.crypto import digest, hash_password
from lago.core.db import db, lock
from lago.core.settings import Settings
from lago.organizations.create import create_organization, hyphenated
from lago.organizations.keys import create_key
from lago.organizations.models import ApiKey, Membership, Organization, User

_DEFAULT_EMAIL = "admin@example.com"


@dataclass(frozen=True)
class Credentials:
    """What the operator needs to get in; `password` and `api_key` only where they were made just now."""

    email: str
    password: str | None = field(repr=False)
    api_key: str | None = field(repr=False)


def prepare_first_organization(settings: Settings) -> Credentials | None:
    """Makes the organization that the settings ask for, once; None if none is to be made or there was nothing to do.

    LAGO_CREATE_ORG true: the one named by the variables. Unset: one with generated secrets, if there is none at
    all. False: none.
    """
    lock("first organization")
    if settings.create_org:
        return _named(settings)
    if settings.create_org is False or db.session.scalar(select(Organization.id).limit(1)):
        return None
    email = settings.org_user_email or _DEFAULT_EMAIL
    password = settings.org_user_password or secrets.token_urlsafe(12)
    created = create_organization(
        settings.org_name or "Company", email=email, api_key=settings.org_api_key, entity_code="default"
    )
    _join(created.organization, _user(email, password))
    return Credentials(email, password, created.api_key)


def _named(settings: Settings) -> Credentials | None:
    name, email = settings.org_name or "", settings.org_user_email or ""
    user = _user(email, settings.org_user_password or "")
    organization = db.session.scalar(select(Organization).where(Organization.name == name))
    api_key = None
    if organization is None:
        created = create_organization(
            name, email=email, api_key=settings.org_api_key, entity_code=hyphenated(name) or "default"
        )
        organization, api_key = created.organization, created.api_key
    _join(organization, user)
    api_key = api_key or _ensure_key(organization, settings.org_api_key)
    return Credentials(email, None, api_key) if api_key else None


def _user(email: str, password: str) -> User:
    """The user of that e-mail; the password of one who exists is not changed."""
    user = db.session.scalar(select(User).where(User.email == email.lower()))
    if user is None:
        user = User(email=email.lower(), password_hash=hash_password(password))
        db.session.add(user)
        db.session.flush()
    return user


def _join(organization: Organization, user: User) -> None:
    joined = select(Membership.id).where(
        Membership.organization_id == organization.id, Membership.user_id == user.id, Membership.revoked_at.is_(None)
    )
    if db.session.scalar(joined) is None:
        db.session.add(Membership(organization_id=organization.id, user_id=user.id, roles=["admin"]))


def _ensure_key(organization: Organization, value: str | None) -> str | None:
    """Makes sure that the given key exists, or any; the value if one was made."""
    query = select(ApiKey.id).where(ApiKey.organization_id == organization.id)
    query = query.where(ApiKey.digest == digest(value)) if value else query
    if db.session.scalar(query.limit(1)) is not None:
        return None
    return create_key(organization, value=value)[1]
