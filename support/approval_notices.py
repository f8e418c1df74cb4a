"""What a shop reads about its goods and the operator's decision; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _

from catalog.models import Product, Proposal
from support.content import Notice, Row
from support.links import merchant_product_url, merchant_proposal_url


def product_approved(product: Product) -> Notice:
    """It is on sale."""
    return Notice(
        kind="product_approved",
        subject=_("“%(title)s” is on sale") % {"title": product.text("title")},
        heading=_("We have looked at it: it is on sale."),
        lead=[_("Shoppers find it from now on. You can change its prices and stock at any time.")],
        button=_("Open the product"),
        url=merchant_product_url(product.pk),
        facts=[Row(_("Product"), product.text("title"))],
    )


def product_returned(product: Product, reason: str) -> Notice:
    """It has to be changed first."""
    return Notice(
        kind="product_returned",
        subject=_("“%(title)s” needs another look") % {"title": product.text("title")},
        heading=_("We have given it back to you."),
        lead=[_("It is a draft again. Change what is missing and send it in once more.")],
        button=_("Open the product"),
        url=merchant_product_url(product.pk),
        facts=[Row(_("Product"), product.text("title")), Row(_("Reason"), reason)],
    )


def product_not_published(product: Product, code: str) -> Notice:
    """It was to go on sale by itself."""
    reasons = {"approval_needed": _("It has not been approved yet: send it in.")}
    return Notice(
        kind="product_not_published",
        subject=_("“%(title)s” did not go on sale") % {"title": product.text("title")},
        heading=_("It could not go on sale when you had planned."),
        lead=[reasons.get(code, _("It has no variant on sale, or somebody has put it away. Look at it and publish it by hand."))],
        button=_("Open the product"),
        url=merchant_product_url(product.pk),
        facts=[Row(_("Product"), product.text("title"))],
    )


def proposal_accepted(proposal: Proposal) -> Notice:
    """Shoppers see the new texts."""
    return Notice(
        kind="proposal_accepted",
        subject=_("Your change of “%(title)s” is shown") % {"title": proposal.product.text("title")},
        heading=_("We have accepted your change."),
        lead=[_("Shoppers see it from now on.")],
        button=_("Open the change"),
        url=merchant_proposal_url(proposal),
        facts=[Row(_("Product"), proposal.product.text("title"))],
    )


def proposal_rejected(proposal: Proposal) -> Notice:
    """Nothing has changed."""
    return Notice(
        kind="proposal_rejected",
        subject=_("Your change of “%(title)s” was not accepted") % {"title": proposal.product.text("title")},
        heading=_("The product stays as it was."),
        lead=[_("You can propose the change again once the reason is gone.")],
        button=_("Open the change"),
        url=merchant_proposal_url(proposal),
        facts=[Row(_("Product"), proposal.product.text("title")), Row(_("Reason"), proposal.reason)],
    )
