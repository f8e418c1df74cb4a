"""Mails about reviews, one function each; called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.models import Answer, ModerationItem, Review
from orders.models import MerchantOrder
from support.content import Notice, Row, parcel_of
from support.links import order_url, own_reviews_url, product_url, shop_url


def invited(order: MerchantOrder) -> Notice:
    """The order is complete: how was it?"""
    return Notice(
        kind="review_invited",
        subject=_("How was it? Review your order %(number)s") % {"number": order.number},
        heading=_("How was it?"),
        lead=[
            _("Your order is complete. Tell others how the goods are: good and bad reviews are shown alike."),
            _("This is the only mail about it."),
        ],
        button=_("Write a review"),
        url=f"{order_url(order.checkout)}#to-review",
        parcels=[parcel_of(order)],
    )


def replied(review: Review) -> Notice:
    """The shop has answered."""
    return Notice(
        kind="review_replied",
        subject=_("The shop replied to your review"),
        heading=_("The shop replied to your review."),
        lead=[review.reply],
        button=_("See your reviews"),
        url=own_reviews_url(),
        facts=[Row(_("Product"), review.product.text("title"))],
    )


def decided(item: ModerationItem, status: str) -> Notice:
    """What a member wrote is hidden, or shown from now on."""
    is_hidden = status == "hidden"
    what = str(item.get_kind_display())
    subject = _("Hidden by the marketplace: %(what)s") if is_hidden else _("Shown from now on: %(what)s")
    hidden = [_("People of the marketplace looked at it and decided that it cannot be shown."), _("If you disagree, answer this mail.")]
    shown = [_("People of the marketplace looked at it; everybody can see it now.")]
    reason = [Row(_("Reason"), item.reason)] if item.reason and is_hidden else []
    is_review = item.kind in {"review", "addition", "photo"}
    return Notice(
        kind="moderation_decided",
        subject=subject % {"what": what},
        heading=subject % {"what": what},
        lead=hidden if is_hidden else shown,
        button=_("See your reviews") if is_review else _("See the product"),
        url=own_reviews_url() if is_review else product_url(item.product.slug) if item.product.status == "published" else shop_url(),
        facts=[Row(_("Product"), item.product.text("title")), *reason],
    )


def answered(answer: Answer, is_asker: bool) -> Notice:
    """Somebody has answered a question, for whoever asked it or has answered it, too."""
    question = answer.question
    subject = _("Your question was answered") if is_asker else _("Another answer to a question you answered")
    who = _("the shop") if answer.by_merchant else answer.author
    return Notice(
        kind="question_answered",
        subject=subject,
        heading=f"{subject}: {question.text}",
        lead=[answer.text],
        button=_("See the answers"),
        url=f"{product_url(question.product.slug)}questions/{question.pk}/",
        facts=[Row(_("Product"), question.product.text("title")), Row(_("From"), str(who))],
    )
