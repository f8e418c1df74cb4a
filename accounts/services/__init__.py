"""People: profile and address book. Companies and who buys for them are in `accounts.services.companies`."""

from accounts.services.people import (
    MAX_ADDRESSES,
    AddressFields,
    add_address,
    delete_address,
    set_default_address,
    set_language,
    update_address,
    update_profile,
)

__all__ = [
    "MAX_ADDRESSES",
    "AddressFields",
    "add_address",
    "delete_address",
    "set_default_address",
    "set_language",
    "update_address",
    "update_profile",
]
