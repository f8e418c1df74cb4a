"""The variants of a product as its page offers them: what is chosen, what else can be, and where pressing leads."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import get_language

from catalog.rules.options import Option
from catalog.selectors import PriceHistory, ProductDetail
from catalog.selectors.products import PictureView, VariantView
from logistics.rules import ShippingOffer
from storefront.templatetags.storefront import delivery_text, money, price_parts

FEW_LEFT = 5
CURVES = 12


@dataclass(frozen=True)
class OptionLink:
    """A choice as a link: the variant it leads to, given what else is chosen."""

    value: str
    label: str
    variant_id: uuid.UUID | None
    is_chosen: bool
    is_out: bool


@dataclass
class Picker:
    """The variants of a product with the one that is looked at."""

    detail: ProductDetail
    available: dict[uuid.UUID, int]
    chosen: VariantView
    offers: Mapping[tuple[uuid.UUID, int], ShippingOffer]
    histories: dict[uuid.UUID, PriceHistory]

    @cached_property
    def pictures(self) -> list[PictureView]:
        """All pictures, the one of the chosen variant first; the same whether or not a script moves them."""
        own = next((shot for shot in self.detail.pictures if shot.shows(self.chosen.options)), None)
        rest = [shot for shot in self.detail.pictures if shot is not own]
        return [own, *rest] if own else rest

    def _picture_of(self, variant: VariantView) -> int:
        """The place of a variant's own picture, else of the first that shows no choice; -1 where no picture is tied to any."""
        if not any(shot.option_name for shot in self.pictures):
            return -1
        places = [place for place, shot in enumerate(self.pictures) if shot.shows(variant.options)]
        places += [place for place, shot in enumerate(self.pictures) if not shot.option_name]
        return places[0] if places else -1

    @property
    def offer(self) -> ShippingOffer:
        """What sending one piece of the chosen variant costs."""
        return self.offers[self.detail.merchant.pk, self.chosen.price_minor]

    @property
    def left(self) -> int:
        return self.available.get(self.chosen.id, 0)

    @property
    def chosen_off(self) -> int:
        return self._off(self.chosen)

    @property
    def prior_minor(self) -> int | None:
        """The lowest price of the 30 days before the reduction that is looked at."""
        history = self.histories.get(self.chosen.id)
        return history.prior_minor if history else None

    @property
    def curves(self) -> list[PriceHistory]:
        """What has cost different sums lately, of the variant that is looked at first."""
        curved = [history for history in self.histories.values() if history.chart]
        return sorted(curved, key=lambda history: history.variant_id != self.chosen.id)[:CURVES]

    def _off(self, variant: VariantView) -> int:
        """Whole percent below what was asked before the reduction; 0 where that is not known or not more."""
        history = self.histories.get(variant.id)
        return history.off if history else 0

    @property
    def is_few(self) -> bool:
        return 0 < self.left <= FEW_LEFT

    @cached_property
    def rows(self) -> list[tuple[Option, list[OptionLink]]]:
        return [(option, [self._link(option.name, value.value, value.label) for value in option.values]) for option in self.detail.options]

    def _link(self, name: str, value: str, label: str) -> OptionLink:
        wanted = {**self.chosen.options, name: value}
        exact = next((variant for variant in self.detail.variants if variant.options == wanted), None)
        # A combination that is not made leads to the nearest one that has the value just asked for.
        target = exact or next((variant for variant in self.detail.variants if variant.options.get(name) == value), None)
        is_out = exact is None or self.available.get(exact.id, 0) <= 0
        return OptionLink(value, label, target.id if target else None, self.chosen.options.get(name) == value, is_out)

    def as_json(self) -> dict[str, Any]:
        """What the picker in the browser needs to show another variant without asking us."""
        language = get_language() or "en"
        return {"chosen": str(self.chosen.id), "variants": [self._variant_json(variant, language) for variant in self.detail.variants]}

    def _variant_json(self, variant: VariantView, language: str) -> dict[str, Any]:
        was, history = variant.compare_at_minor, self.histories.get(variant.id)
        prior = history.prior_minor if history else None
        return {
            "id": str(variant.id),
            "options": variant.options,
            "sku": variant.sku,
            "price": price_parts(variant.price_minor, variant.currency, language),
            "was": money(was, variant.currency) if was else "",
            "off": self._off(variant),
            "prior": money(prior, variant.currency) if prior else "",
            "left": self.available.get(variant.id, 0),
            "picture": self._picture_of(variant),
            "delivery": delivery_text(self.offers[self.detail.merchant.pk, variant.price_minor], variant.currency),
            "least": variant.min_quantity,
            "step": variant.quantity_step,
        }
