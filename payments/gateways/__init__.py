"""The payment providers, one module each, all of the same shape; `base` has the Protocol they fulfil."""

import datetime as dt
import uuid

from payments.errors import NotReconcilable, UnknownGateway
from payments.gateways.bank_file import BankFileTransfers
from payments.gateways.bank_transfer import BankTransferGateway
from payments.gateways.base import DisputeReader, Gateway, MovementLister, Patient, TransferGateway
from payments.gateways.sandbox import SandboxGateway
from payments.gateways.sandbox_movements import list_movements as list_at_sandbox
from payments.gateways.sandbox_transfers import SandboxTransfers
from payments.gateways.stripe import StripeGateway
from payments.gateways.stripe_disputes import StripeDisputes
from payments.gateways.stripe_movements import list_movements as list_at_stripe
from payments.gateways.stripe_transfers import StripeTransfers
from payments.models import BankAccount

_GATEWAYS: dict[str, Gateway] = {made.code: made for made in (StripeGateway(), SandboxGateway(), BankTransferGateway())}
_TRANSFERS: dict[str, TransferGateway] = {made.code: made for made in (StripeTransfers(), SandboxTransfers(), BankFileTransfers())}
# Which providers show their own list, so that a day can be compared with it.
_LISTERS: dict[str, MovementLister] = {"sandbox": list_at_sandbox, "stripe": list_at_stripe}
_DISPUTES: dict[str, DisputeReader] = {"stripe": StripeDisputes()}


def gateway(code: str) -> Gateway:
    """The gateway of that code, also when it takes no new payments; old ones must still be read and refunded.

    Raises:
        UnknownGateway: there is none.
    """
    if code not in _GATEWAYS:
        raise UnknownGateway
    return _GATEWAYS[code]


def gateway_codes() -> list[str]:
    """Of every gateway that a payment of ours may have gone through."""
    return list(_GATEWAYS)


def available_gateways() -> list[Gateway]:
    """Gateways that take new payments now, the best first."""
    return [found for found in _GATEWAYS.values() if found.is_available()]


def time_to_pay(code: str) -> dt.timedelta | None:
    """How long a payment by this provider may take, where that is longer than a purchase usually waits.

    Raises:
        UnknownGateway: there is none.
    """
    found = gateway(code)
    return found.time_to_pay() if isinstance(found, Patient) else None


def transfer_gateway(code: str) -> TransferGateway:
    """The way to pay merchants of that code, also when it takes no new payouts; old ones must still be read.

    Raises:
        UnknownGateway: there is none.
    """
    if code not in _TRANSFERS:
        raise UnknownGateway
    return _TRANSFERS[code]


def movement_lister(code: str) -> MovementLister:
    """What lists the movements of that gateway.

    Raises:
        NotReconcilable: it has no list we could read.
    """
    if code not in _LISTERS:
        raise NotReconcilable
    return _LISTERS[code]


def reconcilable_gateways() -> list[str]:
    """Codes of the gateways whose days can be compared."""
    return list(_LISTERS)


def dispute_reader(code: str) -> DisputeReader:
    """What reads the disputes of that gateway.

    Raises:
        UnknownGateway: its payments cannot be disputed.
    """
    if code not in _DISPUTES:
        raise UnknownGateway
    return _DISPUTES[code]


def dispute_readers() -> list[str]:
    """Codes of the gateways whose disputes can be read now."""
    return [code for code, reader in _DISPUTES.items() if reader.is_available()]


def label_of(code: str) -> str:
    """How people call the gateway; its code when it is gone."""
    return str(_GATEWAYS[code].label) if code in _GATEWAYS else code


def transfer_gateway_for(account: BankAccount) -> TransferGateway | None:
    """How a merchant's account is paid now: Stripe accounts by Stripe, bank accounts in practice or through the operator's bank."""
    codes = ("stripe",) if account.kind == BankAccount.Kind.STRIPE else ("sandbox", "bank_transfer")
    found = (_TRANSFERS[code] for code in codes if code in _TRANSFERS)
    return next((way for way in found if way.is_available(account.merchant_id)), None)


def pays_connected_accounts(merchant_id: uuid.UUID) -> bool:
    """Whether merchants may be paid to accounts at Stripe."""
    return "stripe" in _TRANSFERS and _TRANSFERS["stripe"].is_available(merchant_id)
