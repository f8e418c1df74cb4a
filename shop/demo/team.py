"""The team of the shop whose login is printed: somebody for marketing, a clerk who is asked in, and what the operation log says of it."""

import datetime as dt

from merchants.admin.recording import Recorded, take, write
from merchants.models import Invitation, Membership, Merchant
from merchants.services.invitations import invite_member
from merchants.services.teams import set_member
from shop.demo.history import OFTEN
from shop.demo.market import person

MARKETING, CLERK = "marketing.qinghe@demo.jishi", "clerk@demo.jishi"
RECORDS = (Recorded(Membership, ("role",), name=lambda row: str(row.user.email)),)


def gather(now: dt.datetime) -> None:
    """Made once; the clerk signs in with the demo's password and accepts."""
    shop = Merchant.objects.get(slug=OFTEN)
    if Invitation.objects.for_merchant(shop).exists():
        return
    owner = shop.memberships.filter(role=Membership.Role.OWNER).order_by("created_at", "id")[0].user
    helper = person(MARKETING, "He Xin", language="zh-hans")
    for days, role in ((20, Membership.Role.SERVICE), (6, Membership.Role.MARKETING)):
        keys = list(shop.memberships.filter(user=helper).values_list("pk", flat=True))
        before = take(RECORDS, keys)
        member = set_member(merchant=shop, user=helper, role=role, by=owner)
        write(before, take(RECORDS, [member.pk]), merchant_id=shop.pk, actor=owner, by="merchant", at=now - dt.timedelta(days=days))
    person(CLERK, "Lu Jia")
    invite_member(merchant=shop, by=owner, email=CLERK, role=Membership.Role.FULFILMENT, language="en", at=now)
