"""Why a payment looks risky, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import get_currency_name
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.backoffice.display import money
from core.countries import country
from core.money import babel_locale

SENTENCES = {
    "many_by_buyer": gettext_lazy("The same buyer has placed %(count)s other purchases in the hour before (limit %(limit)s)."),
    "many_by_address": gettext_lazy("%(count)s other purchases came from the same network address in the hour before (limit %(limit)s)."),
    "many_by_device": gettext_lazy("%(count)s other purchases came from the same device in the hour before (limit %(limit)s)."),
    "many_by_card": gettext_lazy("The same card was used for %(count)s other purchases in the last day (limit %(limit)s)."),
    "many_cards": gettext_lazy("The buyer has tried %(count)s different cards in the last day (limit %(limit)s)."),
    "failed_attempts": gettext_lazy("%(count)s payments of this buyer failed in the hour before (limit %(limit)s)."),
    "large_amount": gettext_lazy("The amount, %(amount)s, reaches the limit of %(limit_amount)s."),
    "unusual_amount": gettext_lazy("The amount, %(amount)s, is %(times)s times or more of what this buyer usually spends, %(usual)s."),
    "new_buyer": gettext_lazy("Nobody has paid under this account or e-mail address before, and it is new here."),
    "disposable_mail": gettext_lazy("The e-mail address is of %(domain)s, which lends addresses for minutes."),
    "country_mismatch": gettext_lazy("The goods go to %(country)s, but the network address belongs to %(network_country)s."),
    "currency_mismatch": gettext_lazy("The goods go to %(country)s, but the purchase is in %(currency)s."),
    "language_mismatch": gettext_lazy("The goods go to %(country)s, but the shopper reads %(language)s."),
    "risky_goods": gettext_lazy("Goods of this kind are often bought with stolen cards."),
    "refused_at_door": gettext_lazy("%(count)s parcels to this buyer were refused at the door in half a year (limit %(limit)s)."),
    "cash_on_its_way": gettext_lazy("%(count)s other purchases of this buyer wait to be paid in cash (limit %(limit)s)."),
}
TITLES = {
    "many_by_buyer": gettext_lazy("Many purchases by one buyer"),
    "many_by_address": gettext_lazy("Many purchases from one network address"),
    "many_by_device": gettext_lazy("Many purchases from one device"),
    "many_by_card": gettext_lazy("Many purchases with one card"),
    "many_cards": gettext_lazy("Many cards of one buyer"),
    "failed_attempts": gettext_lazy("Failed payments"),
    "large_amount": gettext_lazy("Large amount"),
    "unusual_amount": gettext_lazy("Unusual amount"),
    "new_buyer": gettext_lazy("New buyer"),
    "disposable_mail": gettext_lazy("Disposable e-mail address"),
    "country_mismatch": gettext_lazy("Country of the network"),
    "currency_mismatch": gettext_lazy("Currency and country"),
    "language_mismatch": gettext_lazy("Language and country"),
    "risky_goods": gettext_lazy("Risky goods"),
    "refused_at_door": gettext_lazy("Refused at the door"),
    "cash_on_its_way": gettext_lazy("Cash on its way"),
}


def sentence(reason: Mapping[str, Any]) -> str:
    """One reason of an assessment as a person reads it; its code where a later version has dropped it."""
    known = SENTENCES.get(reason["code"])
    return str(known) % _values(reason["detail"]) if known else str(reason["code"])


def _values(detail: Mapping[str, Any]) -> dict[str, Any]:
    shop, locale = settings.CURRENCY, babel_locale(get_language() or "en")
    made: dict[str, Any] = dict(detail)
    made["amount"] = money(detail.get("amount_minor", 0), shop)
    made["usual"] = money(detail.get("usual_minor", 0), shop)
    made["limit_amount"] = money(detail.get("limit_minor", 0), shop)
    for name in ("country", "network_country"):
        made[name] = country(detail.get(name, ""))
    if "currency" in detail:
        made["currency"] = get_currency_name(detail["currency"], locale=locale)
    if "language" in detail:
        made["language"] = _(dict(settings.LANGUAGES).get(detail["language"], detail["language"]))
    return made
