"""Goods of some merchants are looked at before shoppers see them: drafts, and changes of what is on sale."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from catalog.errors import ApprovalNeeded, NothingToApprove, ProposalStale
from catalog.models import Product, Proposal
from catalog.rules.differences import Piece, word_difference
from catalog.services import approval
from catalog.services.products import hide_product, publish_product, update_product
from catalog.services.variants import add_variant, update_variant
from core import outbox
from core.states import IllegalTransition, history
from merchants.models import Merchant
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category, make_product, new_variant
from tests.factories.merchants import make_membership, make_merchant

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
OPERATOR, MERCHANT = "operator:test", "merchant:test"
Status = Product.Status


def checked_merchant() -> Merchant:
    return make_merchant(needs_approval=True)


def draft(merchant: Merchant | None = None, **overrides: Any) -> Product:
    return make_product(merchant=merchant or checked_merchant(), published=False, **overrides)


def on_sale(merchant: Merchant | None = None, **overrides: Any) -> Product:
    product = draft(merchant, **overrides)
    approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)
    return approval.approve_product(product_id=product.pk, actor=OPERATOR, at=NOW)


def propose(product: Product, **changes: Any) -> Proposal:
    proposal = approval.update_or_propose(product_id=product.pk, actor=MERCHANT, at=NOW, **changes)[1]
    assert proposal is not None
    return proposal


def status(product: Product) -> str:
    return str(Product.objects.values_list("status", flat=True).get(pk=product.pk))


@pytest.mark.django_db
class TestDrafts:
    def test_a_draft_is_sent_in_and_published_by_the_operator(self, client: Client) -> None:
        product = draft()

        approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)

        assert status(product) == Status.PENDING
        assert client.get(f"/p/{product.slug}/").status_code == 404
        approval.approve_product(product_id=product.pk, actor=OPERATOR, at=NOW)
        assert client.get(f"/p/{product.slug}/").status_code == 200

    def test_a_merchant_cannot_publish_without_the_operator(self) -> None:
        product = draft()

        with pytest.raises(ApprovalNeeded):
            publish_product(product_id=product.pk, actor=MERCHANT, at=NOW)

        assert status(product) == Status.DRAFT

    def test_a_trusted_merchant_publishes_alone(self) -> None:
        product = make_product(published=False)

        approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)

        assert status(product) == Status.PUBLISHED

    def test_a_returned_product_is_a_draft_with_a_reason_and_the_shop_hears_of_it(self) -> None:
        merchant = checked_merchant()
        make_membership(merchant, make_user(email="owner@example.com"), "owner")
        product = draft(merchant)
        approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)

        approval.return_product(product_id=product.pk, actor=OPERATOR, reason="The picture is missing", at=NOW)

        assert status(product) == Status.DRAFT
        last = history(product).last()
        assert last is not None
        assert last.reason == "The picture is missing"
        outbox.relay(now=dt.datetime.now(dt.UTC))
        mail = Mail.objects.get(kind="product_returned")
        assert "The picture is missing" in mail.text

    def test_only_what_waits_can_be_decided(self) -> None:
        product = draft()

        with pytest.raises(NothingToApprove):
            approval.approve_product(product_id=product.pk, actor=OPERATOR, at=NOW)
        with pytest.raises(NothingToApprove):
            approval.return_product(product_id=product.pk, actor=OPERATOR, reason="", at=NOW)

        assert status(product) == Status.DRAFT

    def test_what_is_before_the_operator_does_not_change_under_its_eyes(self) -> None:
        product = draft(title="Lamp")
        approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)

        with pytest.raises(ApprovalNeeded):
            approval.update_or_propose(product_id=product.pk, actor=MERCHANT, at=NOW, title="Something else")

        product.refresh_from_db()
        assert product.title == "Lamp"
        assert not Proposal.objects.exists()


@pytest.mark.django_db
class TestChanges:
    def test_a_product_stays_as_it_is_until_its_change_is_accepted(self) -> None:
        product, lamps = on_sale(title="Lamp"), make_category("Lamps")

        proposal = propose(product, title="Red lamp", category=lamps, description="<p>Red.</p><script>alert(1)</script>")

        product.refresh_from_db()
        assert product.title == "Lamp"
        assert proposal.changes["title"] == {"old": "Lamp", "new": "Red lamp"}
        assert "script" not in proposal.changes["description"]["new"]
        approval.accept_proposal(proposal_id=proposal.pk, actor=OPERATOR, at=NOW)
        product.refresh_from_db()
        assert (product.title, product.category, product.description) == ("Red lamp", lamps, "<p>Red.</p>")
        assert product.card.title == "Red lamp"

    def test_prices_need_nobodys_approval(self) -> None:
        product = on_sale()

        update_variant(variant_id=product.variants.get().pk, price_minor=1_111)

        assert product.variants.get().price_minor == 1_111
        assert not Proposal.objects.exists()

    def test_no_other_writer_gets_round_it(self) -> None:
        product = on_sale(title="Lamp")

        with pytest.raises(ApprovalNeeded):
            update_product(product_id=product.pk, title="Free watches")
        with pytest.raises(ApprovalNeeded):
            add_variant(product_id=product.pk, variant=new_variant(options={"Colour": "Red"}))

        product.refresh_from_db()
        assert product.title == "Lamp"
        assert product.variants.count() == 1

    def test_hiding_does_not_free_the_texts_but_going_back_to_draft_does(self) -> None:
        product = on_sale(title="Lamp")
        hide_product(product_id=product.pk, actor=MERCHANT, at=NOW)
        with pytest.raises(ApprovalNeeded):
            update_product(product_id=product.pk, title="Free watches")

        approval.rework_product(product_id=product.pk, actor=MERCHANT, at=NOW)

        update_product(product_id=product.pk, title="Better lamp")
        with pytest.raises(ApprovalNeeded):
            publish_product(product_id=product.pk, actor=MERCHANT, at=NOW)
        product.refresh_from_db()
        assert (product.title, product.status) == ("Better lamp", Status.DRAFT)

    def test_a_change_that_is_overtaken_is_marked_and_not_accepted(self) -> None:
        product = on_sale(title="Lamp")
        proposal = propose(product, title="Red lamp")

        update_product(product_id=product.pk, title="Lamp of the operator", is_approved=True)

        proposal.refresh_from_db()
        assert approval.stale_fields(proposal) == ["title"]
        with pytest.raises(ProposalStale):
            approval.accept_proposal(proposal_id=proposal.pk, actor=OPERATOR, at=NOW)
        product.refresh_from_db()
        assert product.title == "Lamp of the operator"
        assert Proposal.objects.get().status == Proposal.Status.PENDING

    def test_another_price_does_not_overtake_a_change_of_the_title(self) -> None:
        product = on_sale(title="Lamp")
        proposal = propose(product, title="Red lamp")

        update_variant(variant_id=product.variants.get().pk, price_minor=1_111)

        assert approval.accept_proposal(proposal_id=proposal.pk, actor=OPERATOR, at=NOW).title == "Red lamp"

    def test_a_newer_change_takes_the_place_of_one_that_waits(self) -> None:
        product = on_sale(title="Lamp")
        first = propose(product, title="Red lamp")

        second = propose(product, title="Blue lamp")

        first.refresh_from_db()
        assert (first.status, second.status) == ("withdrawn", "pending")
        with pytest.raises(IllegalTransition):
            approval.accept_proposal(proposal_id=first.pk, actor=OPERATOR, at=NOW)

    def test_a_rejected_change_says_why(self) -> None:
        merchant = checked_merchant()
        make_membership(merchant, make_user(email="owner@example.com"), "catalogue")
        product = on_sale(merchant, title="Lamp")
        proposal = propose(product, title="Best lamp of the world")

        approval.reject_proposal(proposal_id=proposal.pk, actor=OPERATOR, reason="No superlatives", at=NOW)

        product.refresh_from_db()
        assert product.title == "Lamp"
        outbox.relay(now=dt.datetime.now(dt.UTC))
        assert "No superlatives" in Mail.objects.get(kind="proposal_rejected").text


class TestDifferences:
    def test_words_are_compared(self) -> None:
        found = word_difference("a red paper lamp", "a blue paper lamp")

        assert found == [Piece("same", "a "), Piece("old", "red"), Piece("new", "blue"), Piece("same", " paper lamp")]

    def test_each_han_character_is_a_word(self) -> None:
        assert word_difference("红色纸灯", "蓝色纸灯") == [Piece("old", "红"), Piece("new", "蓝"), Piece("same", "色纸灯")]

    def test_texts_too_long_to_compare_are_shown_whole(self) -> None:
        assert word_difference("a " * 3_000, "b " * 3_000) == [Piece("old", "a " * 3_000), Piece("new", "b " * 3_000)]

    def test_nothing_is_nothing(self) -> None:
        assert word_difference("", "") == []
