"""Claims on carriers for lost parcels: opened once, decided once."""

import pytest
from django.db import transaction

from core.states import IllegalTransition, history
from logistics.errors import InvalidClaim, NotFound
from logistics.models import CarrierClaim
from logistics.services import claims
from tests.factories.logistics import NOW, make_shipment
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def make_claim(amount_minor: int = 2_000) -> CarrierClaim:
    return claims.open_claim(shipment_id=make_shipment().pk, amount_minor=amount_minor, currency="USD", actor="system:test", at=NOW)


def test_a_parcel_is_claimed_once() -> None:
    first = make_claim()

    second = claims.open_claim(shipment_id=first.shipment_id, amount_minor=9, currency="USD", actor="system:test", at=NOW)

    assert second == first
    assert (second.amount_minor, second.status) == (2_000, "open")
    assert [change.to_status for change in history(first)] == ["open"]


def test_a_carrier_pays_at_most_what_was_asked() -> None:
    claim = make_claim()
    about = {"claim_id": claim.pk, "merchant_id": claim.merchant_id, "actor": "merchant:1", "at": NOW}

    for paid_minor in (-1, 2_001):
        with pytest.raises(InvalidClaim), transaction.atomic():
            claims.accept_claim(paid_minor=paid_minor, **about)
    claim.refresh_from_db()
    assert claim.status == "open"
    claims.accept_claim(paid_minor=1_500, note="By bank", **about)

    claim.refresh_from_db()
    assert (claim.status, claim.paid_minor, claim.note, claim.decided_at) == ("accepted", 1_500, "By bank", NOW)
    with pytest.raises(IllegalTransition), transaction.atomic():
        claims.refuse_claim(note="No", **about)


def test_a_refused_claim_brings_nothing_and_a_strangers_does_not_exist() -> None:
    claim = make_claim()

    with pytest.raises(NotFound), transaction.atomic():
        claims.refuse_claim(claim_id=claim.pk, merchant_id=make_merchant().pk, note="No", actor="merchant:2", at=NOW)
    claims.refuse_claim(claim_id=claim.pk, merchant_id=claim.merchant_id, note="Too late", actor="merchant:1", at=NOW)

    claim.refresh_from_db()
    assert (claim.status, claim.paid_minor, claim.note) == ("refused", None, "Too late")


def test_nobody_claims_less_than_nothing() -> None:
    with pytest.raises(InvalidClaim), transaction.atomic():
        make_claim(-1)

    assert CarrierClaim.objects.count() == 0
