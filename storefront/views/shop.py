import json
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.selectors.cards import cards_of_merchant
from catalog.selectors.shops import shop_figures, shop_histogram, shop_reviews
from catalog.services.visits import follow_shop
from logistics.rules import delivery_promise
from logistics.selectors import shipping_offers
from merchants.errors import ShopGone
from merchants.models import Merchant
from merchants.selectors import holiday_now, shop_slug_after
from storefront import structured
from storefront.baskets import member
from storefront.currencies import current
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.moves import moved
from storefront.opening_hours import opening_hours
from storefront.page_cache import shared_page
from storefront.refusals import toast

BEST = 10
FEWEST = 3  # a rail of one or two says nothing
REVIEWS = 20
MAX_PAGE = 50


@shared_page(*PARAMETERS)
@require_safe
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """A merchant's own page with its goods, what it sells most of first. A suspended merchant has none, a closed one says so."""
    context = _head(slug, "shop")
    if context is None:
        return moved(request, "shop", shop_slug_after(slug))
    context["ld"] = structured.shop(context["merchant"])
    # Somebody who filters or turns pages has seen the best sellers.
    if not request.GET:
        best = cards_of_merchant(context["merchant"].pk, BEST, get_language() or "en")
        context["best"] = best if len(best) >= FEWEST else []
    return listing_page(request, "storefront/shop.html", context, merchant_id=context["merchant"].pk)


@shared_page()
@require_safe
def policies(request: HttpRequest, slug: str) -> HttpResponse:
    """How a merchant sends and takes back, and who it is."""
    context = _head(slug, "shop-policies")
    if context is None:
        return moved(request, "shop-policies", shop_slug_after(slug))
    merchant = context["merchant"]
    # What a single cheap thing costs to send, and from when that is free.
    context["offer"] = shipping_offers({merchant.pk: 1}, current())[merchant.pk]
    context["currency"] = current().currency
    context["promise"] = delivery_promise(merchant.handling_days, timezone.localtime(merchant.works_from(timezone.now())))
    context["withdrawal_days"], context["after_sales_days"] = settings.WITHDRAWAL_DAYS, settings.AFTER_SALES_DAYS
    return render(request, "storefront/shop_policies.html", context)


@shared_page("page")
@require_safe
def ratings(request: HttpRequest, slug: str) -> HttpResponse:
    """What buyers say of a merchant's goods. Raises Http404 for a page after the last."""
    context = _head(slug, "shop-ratings")
    if context is None:
        return moved(request, "shop-ratings", shop_slug_after(slug))
    merchant = context["merchant"]
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    pages = Paginator(shop_reviews(merchant.pk), REVIEWS)
    if not 1 <= number <= min(pages.num_pages, MAX_PAGE):
        raise Http404
    context |= {"histogram": shop_histogram(merchant.pk), "page": pages.page(number)}
    return render(request, "storefront/shop_ratings.html", context)


def _head(slug: str, tab: str) -> dict[str, Any] | None:
    """What every page of a shop shows; None where no open shop has this slug now."""
    merchant = _open_shop(slug)
    if merchant is None:
        return None
    return {
        "merchant": merchant,
        "holiday": holiday_now(merchant),
        "hours": opening_hours(merchant.opening_hours),
        "figures": shop_figures(merchant.pk),
        "tab": tab,
    }


def _open_shop(slug: str) -> Merchant | None:
    """A shop that sells or is on holiday; raises ShopGone for one that has closed for good."""
    found = Merchant.objects.filter(slug=slug, status__in=[*Merchant.SHOWN, Merchant.Status.CLOSED]).first()
    if found is not None and found.is_closed:
        raise ShopGone(shop=found.text("name"))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a shop (`on` is 1) or no longer (0). Guests sign in first; without JavaScript the button leads to this page,
    because a shop's own page is kept for everybody and carries no form token."""
    merchant = _open_shop(slug)
    if merchant is None:
        return moved(request, "shop-follow", shop_slug_after(slug))
    user, is_partial = member(request), "HX-Request" in request.headers
    if user is None:
        sign_in: HttpResponse = redirect_to_login(reverse("shop-follow", args=[slug]))
        return HttpResponse(headers={"HX-Redirect": sign_in["Location"]}) if is_partial else sign_in
    if request.method != "POST" or request.POST.get("on") not in {"0", "1"}:
        return render(request, "storefront/shop_follow.html", {"merchant": merchant})
    is_on = request.POST["on"] == "1"
    follow_shop(user=user, merchant_id=merchant.pk, is_followed=is_on)
    if not is_partial:
        return redirect("wishlist" if is_on else "shop", *([] if is_on else [slug]))
    response = toast(request, _("You follow this shop.") if is_on else _("You no longer follow this shop."), is_plain=True)
    response["HX-Trigger"] = json.dumps({"follows": {"shop": str(merchant.pk), "on": is_on}})
    return response
