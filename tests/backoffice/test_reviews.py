"""Shops answer and report reviews; the operator decides."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import ModerationItem, ProductCard, Review
from core.invariants import violations
from tests.backoffice.market import Shop
from tests.backoffice.test_work import _press
from tests.factories.reviews import make_review, photo_file

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_a_shop_replies_betters_its_reply_and_finds_what_is_unanswered(shop: Shop) -> None:
    service = signed_in(shop.member("service"))
    listed = reverse("merchant:catalog_review_changelist") + "?queue=low_unanswered"
    before = service.get(listed).content.decode()

    for text in ("We are sorry.", "We are very sorry."):
        _press(service, "merchant", shop.review, "reply_to", text=text)
    refused = _press(service, "merchant", shop.review, "reply_to", text="Write to www.shop.example")

    shop.review.refresh_from_db()
    assert shop.review.reply == "We are very sorry."
    assert refused.status_code < 500
    assert "broke" in before
    assert "broke" not in service.get(listed).content.decode()


def test_a_shop_reports_a_review_and_cannot_hide_it(shop: Shop) -> None:
    owner = signed_in(shop.owner)

    _press(owner, "merchant", shop.review, "report", reason="fake", note="Never bought it")
    _press(owner, "merchant", shop.review, "report", reason="spam", note="")

    owner.post(f"/merchant/catalog/review/{shop.review.pk}/hide/", {"reason": "x"})
    owner.post(reverse("admin:catalog_review_hide", args=[shop.review.pk]), {"_form_submitted": "1", "reason": "x"})

    item = ModerationItem.objects.get()
    assert (item.reports_count, item.reports.get().by_merchant) == (1, True)
    assert Review.objects.get(pk=shop.review.pk).is_visible
    assert owner.get(reverse("admin:catalog_moderationitem_changelist")).status_code in {302, 403}


def test_somebody_who_packs_parcels_cannot_reply(shop: Shop) -> None:
    finance = signed_in(shop.member("finance"))

    answer = _press(finance, "merchant", shop.review, "reply_to", text="Hello")

    assert answer.status_code in {302, 403, 404}
    assert Review.objects.get(pk=shop.review.pk).reply == ""


def test_the_operator_sees_who_said_what_and_hides_with_a_reason(shop: Shop, operator: User) -> None:
    review = make_review(shop.product, stars=1, text="Cheap at my shop", photos=[photo_file()])
    owner = signed_in(shop.owner)
    _press(owner, "merchant", review, "report", reason="spam", note="Look at the last line")
    item = ModerationItem.objects.get()
    staff = signed_in(operator)

    listed = staff.get(reverse("admin:catalog_moderationitem_changelist") + "?status__exact=waiting").content.decode()
    page = staff.get(reverse("admin:catalog_moderationitem_change", args=[item.pk])).content.decode()
    _press(staff, "admin", item, "hide", reason="Advertising")

    assert "Cheap at my shop" in listed
    assert "Look at the last line" in page
    assert f"/reviews/photos/{review.photos.get().pk}/" in page
    review.refresh_from_db()
    assert review.status == "hidden"
    card = ProductCard.objects.get(pk=shop.product.pk)
    assert (card.stars_sum, card.stars_count) == (shop.review.stars, 1)
    assert "Advertising" in staff.get(reverse("admin:catalog_moderationitem_change", args=[item.pk])).content.decode()
    assert violations() == {}


def test_the_operator_shows_again_what_was_hidden_and_hides_what_nobody_reported(shop: Shop, operator: User) -> None:
    staff = signed_in(operator)
    _press(staff, "admin", shop.review, "hide", reason="A mistake")
    hidden = Review.objects.get(pk=shop.review.pk).status

    _press(staff, "admin", ModerationItem.objects.get(), "keep")

    assert hidden == "hidden"
    assert Review.objects.get(pk=shop.review.pk).is_visible
    assert violations() == {}


def test_lists_do_not_grow_in_queries(shop: Shop, operator: User, django_assert_max_num_queries: object) -> None:
    staff, counts = signed_in(operator), []
    for _ in range(2):
        for _number in range(3):
            make_review(shop.product, text="Call 138 0013 8000")
        with django_assert_max_num_queries(20) as made:  # type: ignore[operator]
            staff.get(reverse("admin:catalog_moderationitem_changelist"))
        counts.append(len(made))

    assert counts[0] == counts[1]


def test_a_shop_finds_and_answers_open_questions(shop: Shop, stranger: Shop) -> None:
    service = signed_in(shop.member("service"))
    question = shop.product.questions.get()
    inbox = reverse("merchant:catalog_question_changelist") + "?queue=open"
    before = service.get(inbox).content.decode()

    _press(service, "merchant", question, "answer", text="It glows warmly.")
    _press(service, "merchant", stranger.product.questions.get(), "answer", text="Not ours.")

    assert "glow?" in before
    assert "glow?" not in service.get(inbox).content.decode()
    assert question.answers.get().by_merchant
    assert not stranger.product.questions.get().answers.exists()
    assert "It glows warmly." in Client().get(f"/p/{shop.product.slug}/").content.decode()
