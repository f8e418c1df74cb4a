"""The demo's shops have scorecards of a month, and two of them have broken a rule."""

import datetime as dt

from django.utils import timezone

from merchants.models import Merchant, Violation
from merchants.services.violations import appeal_violation, make_violation
from orders.services.scorecards import compute_scorecards
from shop.demo.history import OFTEN

ACTOR = "operator:demo"
DAYS = 30
WORDS = "No pictures of other shops · 不得盗用他店图片"
REASON = "Two pictures of your listings were another shop's. · 您的两个商品使用了其他店铺的图片。"
PACKED = "Pack fragile goods so that they arrive whole · 易碎品须妥善包装"
BROKEN = "Three shoppers sent photos of broken goods in thin bags. · 三位买家提供了薄袋装运、商品破损的照片。"
ANSWER = "The carrier has confirmed that its van was in an accident. · 承运商已确认运输途中发生事故。"


def judge(now: dt.datetime) -> None:
    """Scorecards of each of the last days, oldest first; one rule broken that can be appealed, and one whose appeal waits."""
    today = timezone.localdate(now)
    for back in range(DAYS, 0, -1):
        compute_scorecards(day=today - dt.timedelta(days=back), at=now)
    if Violation.objects.filter(rule=WORDS).exists():
        return
    shops = Merchant.objects.filter(status=Merchant.Status.ACTIVE).order_by("created_at", "pk")
    often, other = shops.filter(slug=OFTEN).first(), shops.exclude(slug=OFTEN).first()
    if often is not None:
        at = now - dt.timedelta(days=6)
        make_violation(merchant_id=often.pk, rule=WORDS, reason=REASON, points=6, actor=ACTOR, at=at)
    if other is not None:
        at = now - dt.timedelta(days=3)
        row = make_violation(merchant_id=other.pk, rule=PACKED, reason=BROKEN, points=2, actor=ACTOR, at=at)
        appeal_violation(merchant_id=other.pk, violation_id=row.pk, text=ANSWER, actor="merchant:demo", at=now - dt.timedelta(days=1))
