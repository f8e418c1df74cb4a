from django.apps import AppConfig
from django.conf import settings

from loyalty import rules


class LoyaltyConfig(AppConfig):
    name = "loyalty"

    def ready(self) -> None:
        rules.use_terms(
            rules.Terms(
                currency=settings.CURRENCY,
                points_per_major_unit=settings.POINTS_PER_MAJOR_UNIT,
                value_minor=settings.POINTS_VALUE_MINOR,
                max_share_percent=settings.POINTS_MAX_SHARE_OF_GOODS_PERCENT,
                lifetime_days=settings.POINTS_LIFETIME_DAYS,
            )
        )
