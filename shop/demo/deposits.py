"""The demo's marketplace asks companies for a deposit; a shop plans a holiday, and may appeal against a penalty."""

import datetime as dt

from django.utils import timezone

from merchants.models import Holiday, Merchant, Violation
from merchants.services.holidays import plan_holiday
from merchants.services.violations import make_violation
from payments.models import DepositRule
from payments.services.deposits import look_after_deposits, save_rule
from shop.demo.history import OFTEN

ACTOR = "operator:demo"
STEP = 10_000  # minor units
RULE = "Send what was ordered, nothing else · 不得发错商品"
REASON = "Two buyers got another colour than they had ordered. · 两位买家收到的颜色与订单不符。"
NOTICE = "We visit our weavers in the hills. · 我们去山里拜访织工。"
NOTICE_ZH = "我们去山里拜访织工，回来后发货。"
DAYS_AHEAD, DAYS = 24, 5


def secure(now: dt.datetime) -> None:
    """Again adds nothing."""
    often = Merchant.objects.filter(slug=OFTEN).first()
    if often is None or DepositRule.objects.exists():
        return
    save_rule(rule_id=None, kind=often.kind, category_id=None, amount_minor=5 * STEP, is_active=True, at=now)
    look_after_deposits(at=now)
    if not Violation.objects.filter(rule=RULE).exists():
        at = now - dt.timedelta(days=2)
        make_violation(merchant_id=often.pk, rule=RULE, reason=REASON, points=2, penalty_minor=STEP // 4, actor=ACTOR, at=at)
    if not Holiday.objects.filter(merchant=often).exists():
        first = timezone.localdate(now) + dt.timedelta(days=DAYS_AHEAD)
        plan_holiday(
            merchant_id=often.pk,
            first_day=first,
            last_day=first + dt.timedelta(days=DAYS),
            notice=NOTICE,
            notice_zh=NOTICE_ZH,
            keeps_selling=True,
            actor="merchant:demo",
            at=now,
        )
