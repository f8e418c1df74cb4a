import pytest

from catalog.services.moderation import hide_directly
from catalog.services.review_answers import reply_to_review
from orders.selectors import reviewable_lines
from orders.services.reviews import review_line
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW
from tests.factories.reviews import make_review
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def mails(kind: str) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind))


def test_a_member_is_asked_once_per_order_how_it_was() -> None:
    user = make_user()
    walk = order_up_to("completed", user=user)

    for _ in range(2):
        drain()

    sent = mails("review_invited")
    assert len(sent) == len([order for order in walk.refresh().orders if order.status == "completed"])
    assert {mail.to for mail in sent} == {walk.checkout.email}
    assert all(f"/orders/{walk.checkout.number}/#to-review" in mail.text for mail in sent)


def test_neither_guests_nor_those_who_were_quicker_are_asked() -> None:
    order_up_to("completed")
    user = make_user()
    walk = order_up_to("completed", user=user)
    for line in reviewable_lines(walk.checkout):
        review_line(order_line_id=line.pk, user_id=user.pk, stars=5, text="", language="en", at=NOW)

    drain()

    assert mails("review_invited") == []


def test_an_author_learns_of_the_reply_and_of_a_decision_in_their_own_language() -> None:
    author = make_user(language="zh-hans")
    review = make_review(user=author)
    reply_to_review(review_id=review.pk, merchant_id=review.product.merchant_id, text="谢谢！", at=NOW)
    drain()
    hide_directly(kind="review", subject_id=review.pk, actor="operator:test", reason="广告内容", at=NOW)

    drain()

    assert [mail.to for mail in mails("review_replied")] == [author.email]
    (decided,) = mails("moderation_decided")
    assert "广告内容" in decided.text
    assert "平台" in decided.text
