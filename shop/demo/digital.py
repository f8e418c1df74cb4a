"""Digital goods of the demo: a small cookbook and a training planner, made here as honest PDF files, and a purchase of the cookbook."""

import datetime as dt
import uuid
from typing import Any

from accounts.models import User
from catalog.models import Category, Product
from catalog.services.digital import add_file, set_download_terms
from catalog.services.products import create_product, publish_product
from catalog.services.variants import NewVariant
from core.pdf import Document
from merchants.models import Merchant
from orders.models import Checkout
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from orders.services.payment import settle, start_payment
from payments.services.sandbox import decide
from shop.demo.history import NAMESPACE, SHOPPER
from shop.demo.market import ACTOR
from shop.demo.source import CHINESE

KEY = uuid.uuid5(NAMESPACE, "a cookbook to download")
GOODS: tuple[dict[str, Any], ...] = (
    {
        "slug": "wok-cookbook-pdf",
        "merchant": "zaotai-kitchen",
        "category": "kitchen-accessories",
        "title": "Six Evenings at the Wok (PDF cookbook)",
        "title_zh": "《灶台六晚》炒菜电子书（PDF）",
        "description": "Six dishes from an ordinary kitchen, each ready in twenty minutes. In English and Chinese, to print or to read.",
        "description_zh": "六道家常小炒，每道二十分钟上桌。中英文两个版本，可打印可阅读。",
        "sku": "DIG-WOK-PDF",
        "price_minor": 490,
        "terms": (5, 365),
        "picture": {"emoji": ["own-wok", "own-turner"], "palette": 4, "layout": "duo", "seed": 3, "tint": None},
    },
    {
        "slug": "eight-week-planner-pdf",
        "merchant": "jishi-direct",
        "category": "sports-accessories",
        "title": "Eight-Week Training Planner (PDF to print)",
        "title_zh": "八周训练计划表（可打印 PDF）",
        "description": "One page for each week: what you meant to do, what you did, how it felt. Nothing to charge, nothing to install.",
        "description_zh": "每周一页：计划了什么，做了什么，感觉如何。不用充电，不用安装。",
        "sku": "DIG-PLAN-PDF",
        "price_minor": 290,
        "terms": (3, 90),
        "picture": {"emoji": ["own-tennisball", "own-golfball"], "palette": 7, "layout": "duo", "seed": 5, "tint": None},
    },
)
DISHES = (
    ("Tomatoes with scrambled eggs", "番茄炒蛋", "Three eggs, three tomatoes, a pinch of sugar.", "三个鸡蛋，三个番茄，一小撮糖。"),
    ("Green beans, dry fried", "干煸四季豆", "Fry until they wrinkle; garlic and chilli last.", "煸到起皱，最后放蒜和辣椒。"),
    ("Egg fried rice", "蛋炒饭", "Rice of yesterday, a hot wok, a spring onion.", "隔夜饭，热锅，一根葱。"),
    ("Cabbage with vinegar", "醋溜白菜", "Tear the leaves, vinegar along the edge.", "手撕白菜，锅边淋醋。"),
    ("Tofu in soy sauce", "红烧豆腐", "Brown it first, then let it simmer.", "先煎黄，再小火焖。"),
    ("Shrimps with cucumber", "黄瓜炒虾仁", "Two minutes, no longer.", "两分钟，不要更久。"),
)  # fmt: skip


def open_shelf(shops: dict[str, Merchant], categories: dict[str, Category], *, at: dt.datetime) -> list[tuple[uuid.UUID, dict[str, Any]]]:
    """Put the digital goods on sale with their files; again changes nothing. Returns what pictures are to be made for."""
    work = []
    for row in GOODS:
        product = Product.objects.filter(slug=row["slug"]).first() or _put_on_sale(row, shops[row["merchant"]], categories, at)
        work.append((product.pk, row))
    return work


def _put_on_sale(row: dict[str, Any], merchant: Merchant, categories: dict[str, Category], at: dt.datetime) -> Product:
    product = create_product(
        merchant=merchant,
        category=categories[row["category"]],
        title=row["title"],
        description=f"<p>{row['description']}</p>",
        i18n={CHINESE: {"title": row["title_zh"], "description": f"<p>{row['description_zh']}</p>"}},
        variants=[NewVariant(sku=row["sku"], price_minor=row["price_minor"])],
        slug=row["slug"],
        is_digital=True,
    )
    limit, days = row["terms"]
    about: dict[str, Any] = {"merchant": merchant, "product_id": product.pk}
    set_download_terms(**about, limit=limit, days=days)
    for label, name, content in _files(row["slug"]):
        add_file(**about, name=name, pieces=[content], label=label, version="1.0", at=at)
    return publish_product(product_id=product.pk, actor=ACTOR, at=at, is_approved=True)


def _files(slug: str) -> list[tuple[str, str, bytes]]:
    """Label, name and bytes of each file of a product."""
    if slug == GOODS[0]["slug"]:
        return [("English", "six-evenings-at-the-wok.pdf", _cookbook("en")), ("中文", "灶台六晚.pdf", _cookbook(CHINESE))]
    return [("Planner, A4", "eight-week-planner.pdf", _planner())]


def _cookbook(language: str) -> bytes:
    is_english = language == "en"
    paper = Document("Six Evenings at the Wok" if is_english else "灶台六晚", language)
    for english, chinese, how, how_zh in DISHES:
        paper.heading(english if is_english else chinese, level=2)
        paper.paragraph(how if is_english else how_zh)
    return paper.render()


def _planner() -> bytes:
    paper = Document("Eight-Week Training Planner", "en")
    for week in range(1, 9):
        paper.heading(f"Week {week}", level=2)
        paper.facts([(day, "_" * 40) for day in ("Monday", "Wednesday", "Friday", "Sunday")])
    return paper.render()


def buy(now: dt.datetime) -> None:
    """The demo's shopper has bought the cookbook an hour ago and not downloaded it yet; again changes nothing."""
    shopper = User.objects.filter(email=SHOPPER).first()
    product = Product.objects.filter(slug=GOODS[0]["slug"]).first()
    if shopper is None or product is None or Checkout.objects.filter(pk=KEY, paid_at__isnull=False).exists():
        return
    moment = now - dt.timedelta(hours=1)
    checkout = Checkout.objects.filter(pk=KEY).first()
    if checkout is None:
        # A basket of its own, for the shopper's may hold other things.
        cart = add_to_cart(user=None, token=None, variant_id=product.variants.get().pk, quantity=1, at=moment)
        buyer = Buyer(
            user_id=shopper.pk, email=shopper.email, language=shopper.language, name=shopper.name,
            phone="", address="", city="", postcode="", country="CN", wants_digital_now=True,
        )  # fmt: skip
        total = cart_view(cart, "en").total_minor
        checkout = place_order(cart_id=cart.pk, key=KEY, buyer=buyer, points=0, expected_total_minor=total, at=moment)
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=moment)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=moment)
    settle(checkout_id=KEY, at=moment)
