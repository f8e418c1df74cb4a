"""What the demo's people say about goods beside stars and words: ratings, photos, replies, additions, votes, questions.

All of it is derived from the data, so loading an interrupted demo again continues where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import random
from typing import Any

from django.db.models import Q
from PIL import Image

from accounts.models import User
from catalog.models import Product, Question, Report, Review
from catalog.rules.reviews import has_sizes, language_of, masked
from catalog.services.moderation import report
from catalog.services.questions import answer_question, ask_question
from catalog.services.review_answers import reply_to_review, set_helpful
from catalog.services.review_photos import settle_photo
from catalog.services.reviews import Details, add_later
from merchants.models import Membership
from orders.models import OrderLine
from orders.services.questions import RECEIVED, answer_as_buyer
from shop.demo.gallery import snapshots

PICTURED_OF = 7  # one review of so many has photos
REPLIES = (
    "Thank you! We are glad you like it.",
    "谢谢您的支持，欢迎再次光临！",
    "Thank you for telling us. We have passed it on to our workshop.",
)
SORRY = (
    "We are sorry about this. Please open your order and choose “Return or withdraw”; we put it right at once.",
    "非常抱歉给您带来不好的体验，请在订单里申请售后，我们马上为您处理。",
)
LATER = (
    "After some weeks of use it is still as good as on the first day.",
    "Bought a second one for a friend in the meantime.",
    "A small update: it has scratched a little, but it does what it should.",
)
# Question, who answers, answer; the last stays open.
ASKED: tuple[tuple[str, str, str], ...] = (
    ("Does it look the way it does in the pictures?", "buyer", "Yes, mine looks just like that."),
    ("发货后大概几天能到？", "shop", "一般三到五天送达，发货后可以在订单页查看物流。"),
    ("Is it packed well enough to be a gift?", "shop", "Yes. It comes in a sturdy box with paper around it."),
    ("Can I exchange it if it is not right for me?", "", ""),
)
OPEN_AT = "qinghe-apparel"  # the shop whose login is printed finds a question to answer


def _luck(*parts: object) -> random.Random:
    seed = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return random.Random(seed)  # noqa: S311  the demo should be the same everywhere; nothing is secret about it


def shown_name(name: str) -> str:
    """Some want to be known by name."""
    return name if _luck("name", name).randrange(3) == 0 else masked(name)


def details_of(said: dict[str, Any], product: Product) -> Details:
    """The ratings beside the stars, near them, and for some reviews photos."""
    luck = _luck("details", said["reviewer"], said["comment"], product.slug)
    near = [min(max(said["rating"] + luck.choice((-1, 0, 0, 1)), 1), 5) for _ in range(2)]
    service, delivery = (value if luck.random() < 0.8 else None for value in near)
    fit = luck.choice(("true", "true", "true", "small", "large")) if has_sizes(product.options) else ""
    photos = _photos(product.slug, luck) if luck.randrange(PICTURED_OF) == 0 else []
    return Details(service, delivery, fit, photos=photos)


def _photos(slug: str, luck: random.Random) -> list[bytes]:
    """One or two parts of what the product looks like from close by, as buyers photograph it."""
    return [_cropped(data, luck) for data in snapshots(slug) for _ in range(luck.randint(1, 2))]


def _cropped(data: bytes, luck: random.Random) -> bytes:
    with Image.open(io.BytesIO(data)) as image:
        side = int(min(image.size) * luck.uniform(0.6, 0.85))
        left, top = luck.randint(0, image.width - side), luck.randint(0, image.height - side)
        written = io.BytesIO()
        image.crop((left, top, left + side, top + side)).save(written, "JPEG", quality=85)
    return written.getvalue()


def render_photos(review: Review) -> None:
    """At once, so that the shop is complete when it opens."""
    for photo in review.photos.filter(widths=[]):
        settle_photo(photo.pk)


def converse(now: dt.datetime) -> None:
    """Everything said after the reviews; a second time changes nothing."""
    if Question.objects.exists():
        return
    reviews = list(
        Review.objects.filter(status=Review.Status.VISIBLE).select_related("product").order_by("product__slug", "created_at", "pk")
    )
    readers = list(User.objects.filter(email__endswith="@shoppers.example").order_by("email")[:24])
    for review in reviews:
        _talk_about(review, readers, now)
    _report_one(reviews, now)
    _ask(now)


def _talk_about(review: Review, readers: list[User], now: dt.datetime) -> None:
    luck = _luck("talk", review.product.slug, review.author, review.text)
    is_bad = review.stars < 3
    if luck.random() < (0.6 if is_bad else 0.15):
        reply_to_review(
            review_id=review.pk,
            merchant_id=review.product.merchant_id,
            text=luck.choice(SORRY if is_bad else REPLIES),
            at=min(review.created_at + dt.timedelta(hours=luck.randint(2, 40)), now),
        )
    later = review.created_at + dt.timedelta(days=luck.randint(9, 60))
    if review.user_id and review.stars > 3 and later < now and luck.random() < 0.15:
        text = luck.choice(LATER)
        add_later(review_id=review.pk, user_id=review.user_id, text=text, language=language_of(text, "en"), photos=(), at=later)
    if luck.random() < 0.4:
        for reader in luck.sample(readers, min(luck.randint(1, 9), len(readers))):
            if reader.pk != review.user_id:
                set_helpful(review_id=review.pk, user_id=reader.pk, is_helpful=True, at=now)


def _report_one(reviews: list[Review], now: dt.datetime) -> None:
    """A bad review that its shop does not believe; the operator finds it in the queue."""
    bad = next((review for review in reviews if review.stars == 1), reviews[0] if reviews else None)
    if bad is None or Report.objects.exists():
        return
    owner = Membership.objects.filter(merchant=bad.product.merchant_id, role=Membership.Role.OWNER).first()
    if owner is not None:
        report(
            kind="review", subject_id=bad.pk, user_id=owner.user_id, reason="fake", at=now, merchant_id=bad.product.merchant_id,
            note="We cannot find this problem in any of our parcels.",
        )  # fmt: skip


def _ask(now: dt.datetime) -> None:
    """Each question at three products that people bought; the open one at a product of the shop with the printed login."""
    askers = list(User.objects.filter(email__endswith="@shoppers.example").order_by("-email")[:12])
    bought = OrderLine.objects.filter(order__status__in=RECEIVED, order__checkout__user__isnull=False, product__status="published")
    lines = {line.product_id: line for line in bought.select_related("product", "order__checkout").order_by("product__slug", "-pk")}
    places = sorted(lines.values(), key=lambda line: line.product.slug)[: 3 * len(ASKED)]
    for number, line in enumerate(places):
        text, who, said = ASKED[number % (len(ASKED) - 1)]
        asker = next((user for user in askers if user.pk != line.order.checkout.user_id), None)
        if asker is not None:
            _exchange(line, asker, text, who, said, now - dt.timedelta(days=1 + number % 9))
    own = Product.objects.filter(Q(merchant__slug=OPEN_AT) | Q(pk__in=lines), status="published").order_by("pk")
    goods = own.filter(merchant__slug=OPEN_AT).first() or own.first()
    if goods is not None and askers:
        _put(goods, askers[0], ASKED[-1][0], now - dt.timedelta(hours=5))


def _put(product: Product, asker: User, text: str, at: dt.datetime) -> Question:
    author = masked(asker.name)
    return ask_question(product_id=product.pk, user_id=asker.pk, author=author, text=text, language=language_of(text, "en"), at=at)


def _exchange(line: OrderLine, asker: User, text: str, who: str, said: str, at: dt.datetime) -> None:
    question, later, language = _put(line.product, asker, text, at), at + dt.timedelta(hours=7), language_of(said, "en")
    buyer = line.order.checkout.user_id
    if who == "buyer" and buyer is not None:
        answer_as_buyer(question_id=question.pk, user_id=buyer, text=said, language=language, at=later)
        return
    merchant = line.merchant
    owner = Membership.objects.filter(merchant=merchant, role=Membership.Role.OWNER).first()
    if owner is not None:
        answer_question(
            question_id=question.pk,
            user_id=owner.user_id,
            author=merchant.name,
            text=said,
            language=language,
            at=later,
            merchant_id=merchant.pk,
        )
