import json
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from catalog.errors import PersonalTextInvalid, ProductNotFound, WishListNotFound, WishNotFound
from catalog.models import Wish
from catalog.rules.wishes import WISH_MAILS
from catalog.selectors import cards_by_ids
from catalog.selectors.shops import followed_shops
from catalog.selectors.wishes import WishListView, shared_list, wish_lists
from catalog.services import wish_lists as lists
from catalog.services import wishes
from core.counters import count_try
from core.errors import DomainError
from core.signed import unsigned
from orders.models import Cart
from orders.services import carts
from storefront.baskets import adopt_cart, cart_token, member, remember_cart
from storefront.currencies import current
from storefront.origins import address_of
from storefront.preferences import come_back_to
from storefront.refusals import toast
from storefront.traders import trader_of
from storefront.wishes import mark_mine, remember_wishes, wish_token

HEARTS_A_MINUTE = 60


@require_GET
def wishlist(request: HttpRequest) -> HttpResponse:
    """A visitor's wish lists, one of them open."""
    return _page(request, _uuid(request.GET["list"], WishListNotFound) if request.GET.get("list") else None)


def _page(request: HttpRequest, chosen: uuid.UUID | None, *, refusal: DomainError | None = None, typed: str = "") -> HttpResponse:
    view = wish_lists(member(request), wish_token(request), get_language() or "en", current(), chosen)
    come_back_to(request, f"{reverse('wishlist')}?list={chosen}" if chosen else reverse("wishlist"))
    shops = followed_shops(member(request), get_language() or "en")
    context = {"wishes": view, "refusal": refusal, "typed": typed, "shared_url": _shared_url(request, view), "shops": shops}
    return render(request, "storefront/wishlist.html", context, status=refusal.status if refusal else 200)


def _shared_url(request: HttpRequest, view: WishListView) -> str:
    token = view.chosen.share_token if view.chosen else None
    return request.build_absolute_uri(reverse("wishlist-shared", args=[token])) if token else ""


@require_GET
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What somebody shows to others: the list's name and goods, nothing of its owner."""
    name, rows = shared_list(token, get_language() or "en", current())
    return render(request, "storefront/wishlist_shared.html", {"name": name, "rows": rows})


@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """Where a card's heart leads without JavaScript: pages with cards are kept for everybody and carry no form token, this one does."""
    cards = cards_by_ids([_uuid(request.GET.get("product", ""), ProductNotFound)], get_language() or "en")
    if not cards:
        raise ProductNotFound
    return render(request, "storefront/wishlist_ask.html", {"card": cards[0].priced(current())})


@require_POST
def heart(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """Put a product on the first list (`on` is 1, or nothing), or take it off all lists (0). The same twice is the same as once."""
    if count_try(f"hearts:{address_of(request)}", seconds=60) > HEARTS_A_MINUTE:
        return _slow_down(request)
    user, token = member(request), wish_token(request)
    is_on = request.POST.get("on", "1") != "0"
    row = None
    if is_on:
        row = wishes.add_wish(user=user, token=token, product_id=product_id, at=timezone.now())
    else:
        wishes.remove_wish(user=user, token=token, product_id=product_id)
    if "HX-Request" in request.headers:
        response = toast(request, _("It is on your wish list.") if is_on else _("It is off your wish list."), is_plain=True, is_wish=is_on)
        response["HX-Trigger"] = json.dumps({"hearts": {"product": str(product_id), "on": is_on}})
    else:
        response = redirect("wishlist")
    if row is not None:
        remember_wishes(response, row)
    return response


def _slow_down(request: HttpRequest) -> HttpResponse:
    message = _("That was very often. Please wait a minute.")
    if "HX-Request" in request.headers:
        return toast(request, message, status=429, is_error=True, is_plain=True)
    return render(request, "storefront/refused.html", {"message": message}, status=429)


@require_POST
def item(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """What somebody does with one thing on a list: `action` is remove, cart, quiet, loud, or move with a list's id in `to`."""
    action = ITEM_ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise WishNotFound
    try:
        response = action(request, wish_id)
    except (WishNotFound, WishListNotFound):
        raise
    except DomainError as error:
        return _page(request, _list_shown(request), refusal=error)
    return response or _back(request)


def _remove(request: HttpRequest, wish_id: uuid.UUID) -> None:
    wishes.take_off(user=member(request), token=wish_token(request), wish_id=wish_id)


def _to_cart(request: HttpRequest, wish_id: uuid.UUID) -> HttpResponse:
    """Into the cart and off the list, or neither. What has options is chosen on its own page first."""
    user, token = member(request), wish_token(request)
    rows = Wish.objects.filter(pk=wish_id, wish_list__user=user) if user else Wish.objects.filter(pk=wish_id, wish_list__token=token or "-")
    found = rows.values("product__slug", "product__card__variant_id", "product__card__is_visible").first()
    if found is None:
        raise WishNotFound
    if not found["product__card__is_visible"]:
        raise ProductNotFound
    if found["product__card__variant_id"] is None:
        return redirect("product", found["product__slug"])
    try:
        cart = _put_in(user, token, wish_id, found["product__card__variant_id"], request)
    except PersonalTextInvalid as error:
        messages.info(request, str(error))
        return redirect("product", found["product__slug"])
    adopt_cart(request, cart)
    messages.success(request, _("It is in your cart."))
    response = _back(request)
    remember_cart(response, cart)
    return response


def _put_in(user: User | None, token: str | None, wish_id: uuid.UUID, variant_id: uuid.UUID, request: HttpRequest) -> Cart:
    with transaction.atomic():
        cart = carts.add_to_cart(
            user=user,
            token=cart_token(request),
            variant_id=variant_id,
            quantity="1",
            at=timezone.now(),
            conversion=current(),
            trader=trader_of(request),
        )
        wishes.take_off(user=user, token=token, wish_id=wish_id)
    return cart


def _move(request: HttpRequest, wish_id: uuid.UUID) -> None:
    user = member(request)
    if user is None:
        raise WishNotFound
    wishes.move_wish(user=user, wish_id=wish_id, list_id=_uuid(request.POST.get("to", ""), WishListNotFound))


def _mails(is_quiet: bool) -> Callable[[HttpRequest, uuid.UUID], None]:
    def switch(request: HttpRequest, wish_id: uuid.UUID) -> None:
        user = member(request)
        if user is None:
            raise WishNotFound
        wishes.set_quiet(wish_id=wish_id, is_quiet=is_quiet, user=user)

    return switch


ITEM_ACTIONS: dict[str, Callable[[HttpRequest, uuid.UUID], HttpResponse | None]] = {
    "remove": _remove,
    "cart": _to_cart,
    "move": _move,
    "quiet": _mails(True),
    "loud": _mails(False),
}


@require_POST
def new_list(request: HttpRequest) -> HttpResponse:
    """One more named list, for members."""
    user = member(request)
    if user is None:
        return redirect_to_login(reverse("wishlist"))
    name = request.POST.get("list_name", "")
    try:
        row = lists.create_list(user=user, name=name, at=timezone.now())
    except DomainError as error:
        return _page(request, _list_shown(request), refusal=error, typed=name[:60])
    return redirect(f"{reverse('wishlist')}?list={row.pk}")


@require_POST
def change_list(request: HttpRequest, list_id: uuid.UUID) -> HttpResponse:
    """What a member does with a list: `action` is rename, delete, share or unshare."""
    user = member(request)
    if user is None:
        raise WishListNotFound
    action, name = request.POST.get("action", ""), request.POST.get("list_name", "")
    try:
        if action == "delete":
            lists.delete_list(user=user, list_id=list_id)
            return redirect("wishlist")
        if action == "rename":
            lists.rename_list(user=user, list_id=list_id, name=name)
        elif action in {"share", "unshare"}:
            lists.share_list(user=user, list_id=list_id, is_shared=action == "share")
        else:
            raise WishListNotFound
    except WishListNotFound:
        raise
    except DomainError as error:
        return _page(request, list_id, refusal=error)
    return redirect(f"{reverse('wishlist')}?list={list_id}")


def mails_off(request: HttpRequest, token: str) -> HttpResponse:
    """Where a mail's link leads: one button ends mails about this thing. The signed link is the permission."""
    wish_id = unsigned(token, WISH_MAILS)
    row = Wish.objects.select_related("product").filter(pk=wish_id).first() if wish_id else None
    if row is None:
        raise WishNotFound
    if request.method == "POST":
        wishes.set_quiet(wish_id=row.pk, is_quiet=True)
        row.is_quiet = True
    return render(request, "storefront/wishlist_off.html", {"wish": row})


def _list_shown(request: HttpRequest) -> uuid.UUID | None:
    return _uuid(request.POST["list"], WishListNotFound) if request.POST.get("list") else None


def _back(request: HttpRequest) -> HttpResponse:
    shown = _list_shown(request)
    response: HttpResponse = redirect(f"{reverse('wishlist')}?list={shown}" if shown else reverse("wishlist"))
    mark_mine(response)
    return response


def _uuid(text: str, error: type[DomainError]) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise error from None
