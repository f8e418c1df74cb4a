from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storefront.page_cache import shared_page


@shared_page()
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How buying, paying, delivery, returns and points work here, with the numbers in force."""
    return render(
        request,
        "storefront/help.html",
        {
            "unpaid_minutes": settings.UNPAID_ORDER_MINUTES,
            "completion_days": settings.COMPLETE_AFTER_DELIVERY_DAYS,
            "after_sales_days": settings.AFTER_SALES_DAYS,
            "withdrawal_days": settings.WITHDRAWAL_DAYS,
            "edit_days": settings.REVIEW_EDIT_DAYS,
            "addition_days": settings.REVIEW_ADDITION_DAYS,
            "points_days": settings.POINTS_LIFETIME_DAYS,
            "points_share": settings.POINTS_MAX_SHARE_OF_GOODS_PERCENT,
        },
    )
