from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from merchants.models import Merchant
from storefront import structured
from storefront.forms.listing import PARAMETERS
from storefront.listing import listing_page
from storefront.opening_hours import opening_hours
from storefront.page_cache import shared_page


@shared_page(*PARAMETERS)
@require_safe
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """A merchant's own page with its goods. A suspended merchant has none."""
    merchant = get_object_or_404(Merchant, slug=slug, status=Merchant.Status.ACTIVE)
    context = {"ld": structured.shop(merchant), "merchant": merchant, "hours": opening_hours(merchant.opening_hours)}
    return listing_page(request, "storefront/shop.html", context, merchant_id=merchant.pk)
