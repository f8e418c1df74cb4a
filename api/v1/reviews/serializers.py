from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Review
from catalog.selectors.pictures import picture_url
from catalog.selectors.reviews import addition_of


class AdditionSerializer(serializers.Serializer[Any]):
    """What the author said after some time of use."""

    text = serializers.CharField()
    days_later = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ReviewSerializer(serializers.ModelSerializer[Review]):
    """A review as everybody sees it. `fit` is empty, `small`, `true` or `large`; `verified` says that it belongs to a purchase here."""

    verified = serializers.SerializerMethodField()
    variant = serializers.DictField(child=serializers.CharField())
    photos = serializers.SerializerMethodField()
    addition = serializers.SerializerMethodField()
    reply = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields: tuple[str, ...] = (
            "id", "stars", "service", "delivery", "fit", "author", "verified", "variant", "language", "text", "photos", "addition", "reply",
            "replied_at", "helpful_count", "created_at",
        )  # fmt: skip

    def get_verified(self, review: Review) -> bool:
        return review.order_line is not None

    def get_photos(self, review: Review) -> list[str]:
        shown = review.shown  # type: ignore[attr-defined]  # prefetched
        return [f"{settings.SITE_URL}{picture_url(photo.prefix, max(photo.widths), 'jpg')}" for photo in shown]

    @extend_schema_field(AdditionSerializer(allow_null=True))
    def get_addition(self, review: Review) -> dict[str, Any] | None:
        addition = addition_of(review)
        return AdditionSerializer(addition).data if addition else None

    def get_reply(self, review: Review) -> str | None:
        return review.reply or None


class OwnReviewSerializer(ReviewSerializer):
    """A review of one of the merchant's products."""

    product = serializers.CharField(source="product.slug")

    class Meta(ReviewSerializer.Meta):
        fields: tuple[str, ...] = ("product", *ReviewSerializer.Meta.fields)


class ReplySerializer(serializers.Serializer[Any]):
    """What the shop says; a second reply replaces the first. Links and contact details are refused."""

    text = serializers.CharField(max_length=1000)
