"""Profile and address book."""

from __future__ import annotations

import uuid
from typing import Any, TypedDict, Unpack, cast

from django.conf import settings
from django.db import transaction
from django.db.models import Field

from accounts.errors import AddressBookFull, AddressInvalid, AddressNotFound, LanguageUnknown, NameInvalid
from accounts.models import Address, User

MAX_ADDRESSES = 50


class AddressFields(TypedDict, total=False):
    """`country` is an ISO 3166 code of two letters."""

    name: str
    phone: str
    address: str
    city: str
    postcode: str
    country: str


def _cleaned(fields: dict[str, Any]) -> dict[str, str]:
    """Trimmed texts; AddressInvalid names the first field that is empty, too long or holds control characters."""
    cleaned = {}
    for name, value in fields.items():
        field = cast("Field[str, str]", Address._meta.get_field(name))
        text = str(value).strip()
        if not text or len(text) > (field.max_length or 0) or not text.isprintable():
            raise AddressInvalid(field=field.verbose_name)
        cleaned[name] = text.upper() if name == "country" else text
    return cleaned


def _lock_book(user: User) -> list[Address]:
    """The person's addresses, with the person's row held so that the book changes one step at a time."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return list(Address.objects.filter(user=user))


def _own(book: list[Address], address_id: uuid.UUID) -> Address:
    found = next((address for address in book if address.pk == address_id), None)
    if found is None:
        raise AddressNotFound
    return found


@transaction.atomic
def add_address(*, user: User, is_default: bool = False, **fields: Unpack[AddressFields]) -> Address:
    """Add an entry; the first one becomes the default.

    Raises:
        AddressInvalid: a field is missing, too long or not printable.
        AddressBookFull: there are 50 already.
    """
    wanted: dict[str, Any] = dict.fromkeys(("name", "phone", "address", "city", "postcode"), "") | dict(fields)
    values = _cleaned(wanted)
    book = _lock_book(user)
    if len(book) >= MAX_ADDRESSES:
        raise AddressBookFull(limit=MAX_ADDRESSES)
    address = Address.objects.create(user=user, **values)
    if is_default or not book:
        _make_default(user, address)
    return address


@transaction.atomic
def update_address(*, user: User, address_id: uuid.UUID, **fields: Unpack[AddressFields]) -> Address:
    """Change an entry of one's own book; raises AddressNotFound, AddressInvalid."""
    address = _own(_lock_book(user), address_id)
    values = _cleaned(dict(fields))
    for name, value in values.items():
        setattr(address, name, value)
    address.save(update_fields=list(values))
    return address


@transaction.atomic
def delete_address(*, user: User, address_id: uuid.UUID) -> None:
    """Remove an entry; of what is left the newest becomes the default. Raises AddressNotFound."""
    book = _lock_book(user)
    address = _own(book, address_id)
    address.delete()
    left = [row for row in book if row.pk != address_id]
    if address.is_default and left:
        _make_default(user, max(left, key=lambda row: (row.created_at, row.pk)))


@transaction.atomic
def set_default_address(*, user: User, address_id: uuid.UUID) -> Address:
    """Offer this entry first from now on; raises AddressNotFound."""
    address = _own(_lock_book(user), address_id)
    _make_default(user, address)
    return address


def _make_default(user: User, address: Address) -> None:
    Address.objects.filter(user=user, is_default=True).exclude(pk=address.pk).update(is_default=False)
    Address.objects.filter(pk=address.pk).update(is_default=True)
    address.is_default = True


@transaction.atomic
def update_profile(*, user: User, name: str) -> User:
    """Change the name others see, at most 100 printable characters; may be empty. Raises NameInvalid for others."""
    text = name.strip()
    if len(text) > 100 or not (text.isprintable() or not text):
        raise NameInvalid
    user.name = text
    user.save(update_fields=["name"])
    return user


@transaction.atomic
def set_language(*, user: User, language: str) -> User:
    """Remember the language mails and pages are written in; raises LanguageUnknown."""
    if language not in dict(settings.LANGUAGES):
        raise LanguageUnknown
    user.language = language
    user.save(update_fields=["language"])
    return user
