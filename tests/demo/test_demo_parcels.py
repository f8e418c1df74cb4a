import pytest
from django.utils import timezone

from logistics.models import Shipment
from orders.models import MerchantOrder
from shop.demo.parcels import send_a_part
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to


@pytest.mark.django_db
def test_one_order_is_on_its_way_in_part_once() -> None:
    order_up_to("paid", variants=[make_goods()])
    several = order_up_to("paid", variants=[make_goods()], quantity=2).order

    for _ in range(2):
        send_a_part(timezone.now())

    assert MerchantOrder.objects.get(part_shipped_at__isnull=False) == several
    assert Shipment.objects.get().lines.get().quantity == 1
