"""What a merchant asks of a carrier for a lost parcel. The money is between those two; no account of ours moves."""

import datetime as dt
import uuid

from django.db import transaction

from core.states import move_to, record_change, write_changes
from logistics.errors import InvalidClaim, NotFound
from logistics.models import CarrierClaim, Shipment
from logistics.states import CarrierClaimStatus


@transaction.atomic
def open_claim(*, shipment_id: uuid.UUID, amount_minor: int, currency: str, actor: str, at: dt.datetime) -> CarrierClaim:
    """Open the claim for a lost parcel, once; again is the first one.

    Args:
        amount_minor: what its goods were sold for, in minor units of `currency`.

    Raises:
        NotFound: there is no such parcel.
        InvalidClaim: a negative amount.
    """
    if amount_minor < 0:
        raise InvalidClaim
    shipment = Shipment.objects.select_for_update(no_key=True).filter(pk=shipment_id).first()
    if shipment is None:
        raise NotFound
    claim, is_new = CarrierClaim.objects.get_or_create(
        shipment=shipment,
        defaults={"merchant_id": shipment.merchant_id, "amount_minor": amount_minor, "currency": currency, "created_at": at},
    )
    if is_new:
        write_changes([record_change(claim, "", claim.status, actor=actor, reason="", at=at)])
    return claim


@transaction.atomic
def accept_claim(
    *, claim_id: uuid.UUID, merchant_id: uuid.UUID, paid_minor: int, note: str = "", actor: str, at: dt.datetime
) -> CarrierClaim:
    """The carrier pays `paid_minor`, in minor units of the claim's currency.

    Raises:
        NotFound: this merchant has no such claim.
        InvalidClaim: less than nothing, or more than was asked.
        IllegalTransition: it is decided already.
    """
    claim = _locked(claim_id, merchant_id)
    if not 0 <= paid_minor <= claim.amount_minor:
        raise InvalidClaim
    changes = {"paid_minor": paid_minor, "note": note[:200], "decided_at": at}
    move_to(claim, CarrierClaimStatus.ACCEPTED, actor=actor, at=at, reason=note[:200], **changes)
    return claim


@transaction.atomic
def refuse_claim(*, claim_id: uuid.UUID, merchant_id: uuid.UUID, note: str, actor: str, at: dt.datetime) -> CarrierClaim:
    """The carrier pays nothing.

    Raises:
        NotFound: this merchant has no such claim.
        IllegalTransition: it is decided already.
    """
    claim = _locked(claim_id, merchant_id)
    move_to(claim, CarrierClaimStatus.REFUSED, actor=actor, at=at, reason=note[:200], note=note[:200], decided_at=at)
    return claim


def _locked(claim_id: uuid.UUID, merchant_id: uuid.UUID) -> CarrierClaim:
    rows = CarrierClaim.objects.select_for_update(no_key=True, of=("self",)).filter(pk=claim_id, merchant_id=merchant_id)
    claim: CarrierClaim | None = rows.first()
    if claim is None:
        raise NotFound
    return claim
