"""The demo has a parcel that travels, one that came back and one that got lost."""

import pytest
from django.utils import timezone

from logistics.models import CarrierAccount, CarrierBooking, CarrierClaim, Shipment
from orders.models import UndeliveredParcel
from shop.demo.history import OFTEN
from shop.demo.travelling import send
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_parcels_are_sent_once() -> None:
    seller = make_seller(slug=OFTEN)
    for _ in range(4):
        make_goods(merchant=seller)

    for _ in range(2):
        send(timezone.now())
    drain()

    assert CarrierAccount.objects.get().i18n == {"zh-hans": {"name": "熊猫快递"}}
    assert sorted(Shipment.objects.values_list("status", flat=True)) == ["handed_over", "lost", "returned"]
    assert CarrierBooking.objects.filter(next_scan_at__isnull=False).count() == 1
    assert sorted(UndeliveredParcel.objects.values_list("kind", flat=True)) == ["lost", "returned"]
    assert CarrierClaim.objects.count() == 1
