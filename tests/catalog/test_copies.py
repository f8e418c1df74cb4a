"""Listing pictures that are another merchant's (盗图): found, decided, told; nothing else is."""

import datetime as dt
import random
from pathlib import Path

import pytest
from PIL import Image
from pytest_django import Settings

from catalog.errors import PictureNotFound
from catalog.likeness.alignment import SAME, sameness
from catalog.likeness.distortions import DISTORTIONS
from catalog.models import CopySuspicion, Picture, Product
from catalog.services.copies import allow_copy, confirm_copy, look_for_copies
from catalog.services.likeness import look_at
from catalog.services.pictures import add_picture
from catalog.tasks import render_picture
from core.ids import uuid7
from core.models import OutboxEvent
from core.remembered import forget
from core.states import IllegalTransition
from merchants.models import Membership
from support.models import Mail
from tests.catalog.test_likeness import packshot, put_on_show
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
# The pairs of pictures of different products that are nearest to each other in the demo.
NEAREST = [(120, 121, 2), (120, 121, 0), (96, 189, 0), (134, 135, 0), (126, 135, 0), (92, 95, 0)]


@pytest.fixture(autouse=True)
def _own_media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"


def another(image: Image.Image, **product: object) -> Picture:
    """A picture that was put up later."""
    picture = add_picture(product=make_product(**product), image=image)
    look_at(picture=picture, at=NOW)
    forget()
    return picture


@pytest.mark.parametrize("name", DISTORTIONS)
def test_a_distorted_copy_on_another_merchants_product_opens_an_entry(name: str) -> None:
    original = put_on_show(packshot(17))
    put_on_show(packshot(18))

    copy = another(DISTORTIONS[name](packshot(17), random.Random(name)))
    suspicion = look_for_copies(picture=copy, at=NOW)

    assert suspicion is not None
    assert (suspicion.original, suspicion.product_id, suspicion.status) == (original, copy.product_id, "open")
    assert suspicion.likeness >= 93
    assert look_for_copies(picture=copy, at=NOW) == suspicion


@pytest.mark.parametrize(("first", "second", "view"), NEAREST)
def test_pictures_of_different_products_are_no_copies(first: int, second: int, view: int) -> None:
    assert sameness(packshot(first, view), packshot(second, view)) < SAME - 0.02


def test_a_merchants_own_repeat_is_ignored() -> None:
    original = put_on_show(packshot(17))

    again = another(packshot(17), merchant=original.product.merchant)

    assert look_for_copies(picture=again, at=NOW) is None
    assert not CopySuspicion.objects.exists()


def test_the_older_picture_is_never_the_copy() -> None:
    original, copy = put_on_show(packshot(17)), another(packshot(17))

    assert look_for_copies(picture=original, at=NOW) is None
    assert look_for_copies(picture=copy, at=NOW) is not None


def test_rendering_a_picture_looks_for_copies() -> None:
    put_on_show(packshot(17))
    copy = add_picture(product=make_product(), image=packshot(17))
    forget()

    render_picture(str(copy.pk))

    assert CopySuspicion.objects.get().picture == copy


def suspicion_against(product: Product | None = None) -> CopySuspicion:
    put_on_show(packshot(17), title="The older one")
    product = product or make_product()
    copy = add_picture(product=product, image=packshot(17))
    look_at(picture=copy, at=NOW)
    forget()
    found = look_for_copies(picture=copy, at=NOW)
    assert found is not None
    return found


def test_a_confirmed_copy_leaves_its_product_which_is_hidden_and_its_merchant_is_told(settings: Settings) -> None:
    merchant = make_merchant()
    make_membership(merchant, make_user(email="owner@copier.example"), Membership.Role.OWNER)
    suspicion = suspicion_against(make_product(merchant=merchant, title="Borrowed lamp"))

    confirm_copy(suspicion_id=suspicion.pk, actor="operator:1", at=NOW, reason="Same photo as the older shop's")
    drain()

    product = Product.objects.get(pk=suspicion.product_id)
    assert product.status == Product.Status.HIDDEN
    assert not product.pictures.exists()
    mail = Mail.objects.get(kind="picture_copied")
    assert mail.to == "owner@copier.example"
    assert "Borrowed lamp" in mail.text
    assert "Same photo as the older shop" in mail.text
    assert "The older one" not in mail.text
    with pytest.raises(IllegalTransition):
        confirm_copy(suspicion_id=suspicion.pk, actor="operator:1", at=NOW, reason="again")
    assert OutboxEvent.objects.filter(name="PictureCopied").count() == 1


def test_an_allowed_pair_of_products_is_not_suspected_again() -> None:
    suspicion = suspicion_against()

    allow_copy(suspicion_id=suspicion.pk, actor="operator:1", at=NOW, reason="The maker's photo")
    second = add_picture(product=suspicion.product, image=packshot(17))
    look_at(picture=second, at=NOW + dt.timedelta(minutes=1))
    forget()

    assert look_for_copies(picture=second, at=NOW) is None
    assert suspicion.product.status == Product.Status.PUBLISHED
    with pytest.raises(PictureNotFound):
        allow_copy(suspicion_id=uuid7(), actor="operator:1", at=NOW, reason="")
