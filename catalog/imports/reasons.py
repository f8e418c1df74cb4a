"""Why a row is not taken: the code that is stored, and the words for it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

WORDS = {
    "blank": _("The row is empty."),
    "characters": _("The row holds characters that are no text."),
    "quotes": _("A quotation mark is not closed, or text stands behind a closing one."),
    "cell_too_long": _("A cell is too long to be read."),
    "too_many_cells": _("The row has more cells than the header. Put texts with a delimiter in quotation marks."),
    "sku_missing": _("The SKU is missing."),
    "sku_twice": _("This SKU is in the file already, further up."),
    "sku_archived": _("This SKU belongs to an archived product. Use another one."),
    "too_long": _("At most %(most)s characters are possible."),
    "title_missing": _("A new product needs a title."),
    "price_missing": _("A new variant needs a price."),
    "category_missing": _("A new product needs a category."),
    "category_unknown": _("There is no such category."),
    "category_unclear": _("Several categories have this name. Write the whole path, like “Home > Kitchen”."),
    "category_not_leaf": _("This category is divided further. Choose one at the end of its branch."),
    "number": _("This is not a number."),
    "whole_number": _("This is not a whole number of 0 or more."),
    "number_too_large": _("This number is too large."),
    "price_not_positive": _("A price must be above zero."),
    "price_decimals": _("%(currency)s has %(places)s decimal places."),
    "compare_at_low": _("The compare-at price must be above the price."),
    "currency_unknown": _("The marketplace does not sell in this currency."),
    "currency_differs": _("All variants of a product have the same currency, and it cannot be changed: here it is %(currency)s."),
    "status_unknown": _("This is no status. Write draft, published, hidden or archived."),
    "status_forbidden": _("A product that is “%(status)s” cannot become that."),
    "approval_needed": _("The marketplace looks at this shop's goods first. Only prices and stock of what is on sale can change by file."),
    "variants_missing": _("None of its variants is on sale, so the product cannot be."),
    "condition_unknown": _("This is no condition. Write new, like_new, good or fair."),
    "tax_class_unknown": _("This is no tax class. Write standard, reduced or zero."),
    "side": _("A packed piece is longer than nothing and at most %(most)s mm long."),
    "hs_code": _("An HS code has 6 to 10 digits."),
    "origin": _("This is no country. Write its two letters, like CN."),
    "option_half": _("An option needs a name and a value."),
    "option_twice": _("This option is named twice in the row."),
    "options_unclear": _("Each variant needs one value for each option of the product: %(options)s."),
    "options_fixed": _("The options of a variant cannot change once it exists, because orders and stock name it."),
    "options_taken": _("Another variant of the product has the same options."),
    "options_missing": _("A product with several variants needs options that tell them apart."),
    "attributes_unclear": _("Write attributes like “Material: Cotton; Origin: Portugal”."),
    "too_many_attributes": _("At most %(most)s attributes are possible."),
    "changed_meanwhile": _("Somebody else changed this product a moment ago. Look at it as it is now, and change it again."),
    "empty": _("This cannot be empty."),
    "handle_scattered": _("Rows of one product must stand together. Sort the file by the product key."),
    "handle_other": _("This SKU belongs to another product of yours than the product key says."),
    "handle_too_many": _("A product has at most %(most)s variants."),
    "stock_reserved": _("%(reserved)s pieces are promised to orders; the stock cannot be less than that."),
    "stock_changed": _("The stock is %(now)s by now. Export again, or leave out the column with the stock when exported."),
    "stock_nowhere": _("There is no warehouse to keep it in."),
    "undo_changed": _("The product was changed after the import, so it stays as it is."),
    "undo_stock": _("The stock moved after the import, so it stays as it is."),
    "undo_archived": _("Archived products stay archived."),
    "undo_pending": _("The product waits for approval, so it stays as it is."),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: which field, what it says, and why that is not possible."""

    field: str
    value: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Unfit(Exception):
    """A text that is no value of its field."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


def worded(code: str, params: Mapping[str, Any]) -> str:
    """The reason in the active language."""
    text = str(WORDS.get(code, code))
    return text % params if params else text
