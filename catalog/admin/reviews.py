"""Reviews in both back offices: merchants answer and report them, the operator hides them. Nobody edits them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from catalog.admin.display import stars
from catalog.models import ModerationItem, Report, Review, ReviewPhoto
from catalog.rules.options import labels_in
from catalog.selectors.pictures import picture_url
from catalog.services import moderation
from catalog.services.review_answers import MAX_REPLY, reply_to_review
from core.backoffice.actions import ActionVariant, BaseDialogForm, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, moment, status_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

Status = Review.Status
SHOWN_TO_SHOPS = (Status.VISIBLE, Status.HIDDEN)


class ReplyForm(BaseDialogForm):
    """What the shop says to it; the present reply stands there to be bettered."""

    object_id: str | None  # the dialog gives every form the key of its row
    text = forms.CharField(label=_("Reply"), max_length=MAX_REPLY, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = getattr(self, "object_id", None)
        try:
            row = Review.objects.filter(pk=uuid.UUID(str(key))).first()
        except ValueError:
            row = None
        self.fields["text"].initial = row.reply if row else ""


class ReportDialog(BaseDialogForm):
    """Why the marketplace should look at it."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Report.Reason.choices, widget=UnfoldAdminSelectWidget())
    note = forms.CharField(label=_("note"), max_length=300, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}))


class ReviewQueue(admin.SimpleListFilter):
    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("unanswered", _("Without a reply")), ("low", _("Below 3 stars")), ("low_unanswered", _("Below 3 stars, without a reply"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        unanswered = queryset.filter(replied_at=None, status=Status.VISIBLE)
        chosen = {"unanswered": unanswered, "low": queryset.filter(stars__lt=3), "low_unanswered": unanswered.filter(stars__lt=3)}
        return chosen.get(self.value() or "", queryset)


def _ratings(row: Review) -> str:
    said = [(_("service"), row.service), (_("delivery"), row.delivery), (_("fit"), row.get_fit_display() if row.fit else None)]
    return " · ".join(f"{name}: {value}" for name, value in said if value) or "–"


def _variant(row: Review) -> str:
    return ", ".join(labels_in(row.product.options, row.variant, "en").values()) or "–"


def _addition(row: Review) -> str:
    addition = getattr(row, "addition", None)
    return addition.text if addition is not None and addition.is_visible else "–"


def shown_photos(row: Review) -> SafeString | str:
    """Renditions of the photos everybody sees."""
    photos = row.photos.filter(status=ReviewPhoto.Status.VISIBLE).exclude(widths=[]).order_by("position")
    pairs = ((picture_url(p.prefix, max(p.widths), "jpg"), picture_url(p.prefix, min(p.widths), "webp")) for p in photos)
    return format_html_join(" ", '<a href="{}" target="_blank" rel="noopener"><img class="thumb" src="{}" alt=""></a>', pairs) or "–"


def private_photos(photos: list[ReviewPhoto]) -> list[tuple[str, str]]:
    """Address and status of photos for those who decide about them."""
    return [(reverse("review-photo", args=[photo.pk]), str(photo.get_status_display())) for photo in photos]


class Columns:
    """What both lists and pages show of a review."""

    rating = column(lambda self, row: stars(row), _("stars"), ordering="stars")
    state = status_column(_("status"))
    words = column(lambda self, row: Truncator(row.text).chars(90) or "–", _("text"))
    product_title = column(lambda self, row: row.product.text("title"), _("product"))
    ratings = column(lambda self, row: _ratings(row), _("other ratings"))
    variant_bought = column(lambda self, row: _variant(row), _("variant"))
    added = column(lambda self, row: _addition(row), _("later addition"))
    pictures = column(lambda self, row: shown_photos(row), _("photos"))
    answered = column(lambda self, row: format_html("✓ {}", moment(row.replied_at)) if row.replied_at else "–", _("replied"))


@admin.register(Review, site=merchant_site)
class MerchantReviewAdmin(Columns, MerchantModelAdmin):
    """Reviews are the shoppers' own words: merchants answer and report them, and cannot hide them."""

    duty = Duty.REVIEWS
    tenant_path = "product__merchant"
    list_display = ["rating", "product", "words", "author", "answered", "state", "created_at"]
    list_filter = [ReviewQueue, "stars"]
    list_select_related = ["product"]
    search_fields = ["product__title", "text"]
    ordering = ["-created_at"]
    fields = [
        "rating", "ratings", "product_title", "variant_bought", "author", "text", "pictures", "added", "helpful_count", "reply",
        "created_at",
    ]  # fmt: skip
    actions_detail = ["reply_to", "report"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(status__in=SHOWN_TO_SHOPS)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        # "Reviews below 3 stars" on the home page.
        return lookup == "stars__lt" or super().lookup_allowed(lookup, value, request)

    @object_action(
        description=_("Reply"),
        text=_("Everybody reads it below the review. A second reply replaces the first."),
        done=_("Your reply is shown below the review."),
        form_class=ReplyForm,
        icon="reply",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Status.VISIBLE,
    )
    def reply_to(self, request: HttpRequest, form: Any, row: Review) -> None:
        reply_to_review(review_id=row.pk, merchant_id=merchant_of(request).pk, text=form.cleaned_data["text"], at=now())

    @object_action(
        description=_("Report"),
        text=_("People of the marketplace look at it and decide. It stays visible until then."),
        done=_("The marketplace will look at it."),
        form_class=ReportDialog,
        icon="flag",
        when=lambda row: row.status == Status.VISIBLE,
    )
    def report(self, request: HttpRequest, form: Any, row: Review) -> None:
        moderation.report(
            kind=ModerationItem.Kind.REVIEW,
            subject_id=row.pk,
            user_id=uuid.UUID(str(request.user.pk)),
            at=now(),
            merchant_id=merchant_of(request).pk,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )


@admin.register(Review)
class ReviewAdmin(Columns, ConsoleAdmin):
    list_display = ["rating", "state", "product", "author", "words", "created_at"]
    list_filter = ["status", "stars", "language"]
    list_select_related = ["product"]
    search_fields = ["product__title", "author", "text"]
    ordering = ["-created_at"]
    fields = [
        "state", "rating", "ratings", "product", "variant_bought", "author", "text", "pictures", "added", "language", "helpful_count",
        "reply", "created_at",
    ]  # fmt: skip
    actions_detail = ["hide"]

    @object_action(
        description=_("Hide"),
        text=_("It leaves the page and the average at once; its author gets your reason by mail."),
        done=_("The review is hidden."),
        form_class=ReasonForm,
        icon="visibility_off",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == Status.VISIBLE,
    )
    def hide(self, request: HttpRequest, form: Any, row: Review) -> None:
        kind, reason = ModerationItem.Kind.REVIEW, form.cleaned_data["reason"]
        moderation.hide_directly(kind=kind, subject_id=row.pk, actor=actor_of(request, "operator"), reason=reason, at=now())
