import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from catalog.models import ProductCard
from catalog.selectors import CardQuery, find_cards
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent, StateChange
from core.outbox import relay
from core.states import IllegalTransition
from merchants.errors import LastOwner, MembershipNotFound, MerchantInvalid, MerchantNotFound
from merchants.models import Membership, Merchant
from merchants.selectors import memberships_of, merchant_for_user, role_of
from merchants.services import activate_merchant, create_merchant, suspend_merchant, update_merchant
from merchants.services.teams import remove_member, set_member
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db


def settle() -> None:
    relay(now=dt.datetime.now(dt.UTC))


def test_a_new_merchant_has_a_slug_a_commission_plan_and_its_owner() -> None:
    owner = make_user()

    merchant = create_merchant(
        name="Willow Court", kind="company", email="a@example.com", owner=owner, description="<script>x</script><p>Hi</p>"
    )

    assert (merchant.slug, merchant.is_active, merchant.commission_plan.rate_bps) == ("willow-court", True, 500)
    assert merchant.description == "<p>Hi</p>"
    assert merchant_for_user(owner) == merchant
    assert role_of(owner, merchant) == Membership.Role.OWNER


def test_two_merchants_of_one_name_get_two_slugs_and_chinese_names_get_one_too() -> None:
    first, second, chinese = (create_merchant(name=name, kind="individual", email="a@example.com") for name in ("Willow", "Willow", "柳苑"))

    assert first.slug == "willow"
    assert second.slug == f"willow-{second.pk.hex[-10:]}"
    assert chinese.slug == f"shop-{chinese.pk.hex[-10:]}"


@pytest.mark.parametrize(("name", "kind"), [("", "company"), ("  ", "company"), ("x" * 81, "company"), ("Willow", "cartel")])
def test_a_merchant_needs_a_name_and_a_kind(name: str, kind: str) -> None:
    with pytest.raises(MerchantInvalid):
        create_merchant(name=name, kind=kind, email="a@example.com")

    assert not Merchant.objects.exists()


def test_suspension_takes_goods_off_sale_and_activation_brings_them_back() -> None:
    product, other = make_product(), make_product()
    hidden = make_product(merchant=product.merchant, published=False)
    settle()
    version = ProductCard.objects.get(pk=product.pk).version

    suspend_merchant(merchant_id=product.merchant_id, actor="operator:1", reason="Fakes", at=NOW)
    settle()

    card = ProductCard.objects.get(pk=product.pk)
    assert (card.is_visible, card.version) == (False, version + 1)
    assert [row.product_id for row in find_cards(CardQuery(), "en").cards] == [other.pk]
    assert StateChange.objects.filter(entity_id=product.merchant_id, to_status="suspended", reason="Fakes", actor="operator:1").exists()
    activate_merchant(merchant_id=product.merchant_id, actor="operator:1", at=NOW)
    settle()
    assert ProductCard.objects.get(pk=product.pk).is_visible
    assert not ProductCard.objects.get(pk=hidden.pk).is_visible
    assert violations() == {}


def test_a_merchant_is_suspended_once() -> None:
    merchant = make_merchant()
    suspend_merchant(merchant_id=merchant.pk, actor="operator:1", reason="", at=NOW)
    events = OutboxEvent.objects.count()

    with pytest.raises(IllegalTransition):
        suspend_merchant(merchant_id=merchant.pk, actor="operator:1", reason="", at=NOW)
    with pytest.raises(MerchantNotFound):
        suspend_merchant(merchant_id=uuid7(), actor="operator:1", reason="", at=NOW)

    assert OutboxEvent.objects.count() == events


def test_a_new_name_reaches_every_card() -> None:
    product = make_product()

    update_merchant(merchant_id=product.merchant_id, name="New Name", i18n={"zh-hans": {"name": "新名"}})
    settle()

    assert find_cards(CardQuery(), "en").cards[0].merchant_name == "New Name"
    assert find_cards(CardQuery(), "zh-hans").cards[0].merchant_name == "新名"
    with pytest.raises(MerchantInvalid):
        update_merchant(merchant_id=product.merchant_id, name="")
    assert Merchant.objects.get().name == "New Name"


def test_a_person_works_for_the_merchant_joined_first_and_strangers_for_none() -> None:
    membership = make_membership(role=Membership.Role.FULFILMENT)
    later = make_membership(user=membership.user)

    assert merchant_for_user(membership.user) == membership.merchant
    assert [row.merchant for row in memberships_of(membership.user)] == [membership.merchant, later.merchant]
    assert merchant_for_user(make_user()) is None
    assert merchant_for_user(AnonymousUser()) is None
    assert role_of(make_user(), membership.merchant) is None


def test_a_person_who_was_deactivated_works_for_nobody() -> None:
    user = make_membership().user

    user.is_active = False
    user.save()

    assert merchant_for_user(user) is None


def test_a_shop_keeps_at_least_one_owner() -> None:
    owner = make_membership()
    helper = make_membership(owner.merchant, role=Membership.Role.SERVICE)

    with pytest.raises(LastOwner):
        remove_member(merchant=owner.merchant, user=owner.user)
    with pytest.raises(LastOwner):
        set_member(merchant=owner.merchant, user=owner.user, role=Membership.Role.FINANCE)
    with pytest.raises(MembershipNotFound):
        remove_member(merchant=owner.merchant, user=make_user())

    assert set(owner.merchant.memberships.values_list("user_id", "role")) == {(owner.user_id, "owner"), (helper.user_id, "service")}
    set_member(merchant=owner.merchant, user=helper.user, role=Membership.Role.OWNER)
    remove_member(merchant=owner.merchant, user=owner.user)
    assert role_of(owner.user, owner.merchant) is None


def test_for_merchant_never_shows_a_strangers_rows() -> None:
    mine, theirs = make_membership(), make_membership()

    assert list(Membership.objects.for_merchant(mine.merchant)) == [mine]
    assert theirs not in Membership.objects.for_merchant(mine.merchant)
