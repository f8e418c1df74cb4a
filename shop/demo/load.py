"""The steps of loading the demo, each with a progress bar. Interrupted and started again, it continues."""

import datetime as dt
import random
from collections.abc import Callable

from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from catalog.models import ProductCard
from catalog.rules.pictures import kept
from catalog.services.vocabulary import learn_words
from core import outbox
from core.models import OutboxEvent
from orders.models import OrderLine
from payments.services.attempts import poll_attempts
from payments.services.refunds import send_refunds
from recommend.services.training import train
from shop.demo import (
    applications,
    approval,
    bundles,
    companies,
    copies,
    customs,
    deposits,
    digital,
    files,
    floor,
    judging,
    market,
    money,
    payouts,
    prices,
    purses,
    quotes,
    rates,
    review,
    routes,
    source,
    team,
    travelling,
    used,
    warehouses,
    ways,
    words,
)
from shop.demo.gallery import composing
from shop.demo.history import History, make_logins, plan_purchases
from shop.demo.mails import date_mails
from shop.demo.papers import issue_papers
from shop.demo.parcels import send_a_part
from shop.demo.wishes import look_around, press_hearts

SEED = 20261122
OPENED_DAYS_AGO = 75


def load(*, small: bool) -> None:
    """Fill an empty database with the demo marketplace."""
    rng = random.Random(SEED)  # noqa: S311  the demo should be the same everywhere; nothing is secret about it
    now = timezone.now()
    rows = source.products(small=small)
    with _progress() as progress:
        money.enter_rates(now)
        rates.announce()
        customs.announce()
        shops = market.open_shops()
        payouts.open_accounts(list(shops.values()), at=now - dt.timedelta(days=OPENED_DAYS_AGO))
        words.define_attributes()
        words.teach_synonyms()
        categories = market.plant_categories()
        words.define_types(categories)
        rates.agree(now)
        purchases = plan_purchases(rows, rng, now=now, small=small)
        units = purchases.units_by_sku()
        step = progress.add_task("products", total=len(rows))
        work = []
        for number, row in enumerate(rows):
            opened = now - dt.timedelta(days=OPENED_DAYS_AGO) + dt.timedelta(hours=number % 240)
            product = market.put_on_sale(row, shops[row["merchant"]], categories[row["category"]], extra=units, at=opened)
            work.append((product.pk, row))
            progress.advance(step)
        work += digital.open_shelf(shops, categories, at=now - dt.timedelta(days=40))
        prices.remember(now, opened=now - dt.timedelta(days=OPENED_DAYS_AGO))
        money.set_round_prices(now)
        files.bring_file(now - dt.timedelta(days=3))
        pictures = progress.add_task("pictures", total=len(work))
        make_logins()
        purses.fill(now)
        history = History(purchases)
        business = progress.add_task("business", total=history.steps)
        with composing(work, lambda: progress.advance(pictures)):
            for done in history.play():
                progress.update(business, completed=done)
        _besides(now)
        _show_in_orders()
        issue_papers()
        step = progress.add_task("events", total=OutboxEvent.objects.filter(handled_at=None).count())
        _drain(lambda handled: progress.advance(step, handled))
        # As the poller has long done with a bank transfer that was begun days ago.
        poll_attempts(at=timezone.now())
        date_mails(purchase.key for purchase in purchases.purchases)
        judging.judge(now)
        deposits.secure(now)
        outbox.relay(now=timezone.now())
        learn_words()
        step = progress.add_task("advice", total=1)
        train(clock=timezone.now, actor="system:demo")
        progress.advance(step)


def _show_in_orders() -> None:
    """What was ordered before its picture was drawn shows it, too."""
    cards = ProductCard.objects.filter(product__in=OrderLine.objects.filter(picture="").values("product")).exclude(picture="")
    for product_id, picture, widths, formats in cards.values_list("product_id", "picture", "picture_widths", "picture_formats"):
        lines = OrderLine.objects.filter(product_id=product_id, picture="")
        lines.update(picture=picture, picture_widths=kept(widths), picture_formats=formats)


def _besides(now: dt.datetime) -> None:
    """What people do besides buying and selling."""
    review.buy_suspiciously(now)
    copies.borrow_a_picture(now)
    used.note_defects()
    used.make_to_order()
    used.engrave()
    prices.sell_in_bulk()
    bundles.put_together(now)
    quotes.ask(now)
    companies.open_companies(now)
    team.gather(now)
    digital.buy(now)
    routes.bring(now)
    ways.open_stores(now)
    travelling.send(now)
    approval.begin(now)
    applications.apply(now)
    send_a_part(now - dt.timedelta(hours=2))
    press_hearts(now)
    warehouses.keep_house(now)
    floor.keep_bins(now)
    customs.open_borders(now)
    customs.buy_from_abroad(now)
    look_around(now)


def _drain(advance: Callable[[int], None]) -> None:
    """Every event is handled; refunds of the past are sent at once, as the worker would have done then, and their events follow."""
    while handled := outbox.relay(now=timezone.now()) or send_refunds(at=timezone.now()):
        advance(handled)


def _progress() -> Progress:
    columns = (TextColumn("  {task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=False))
