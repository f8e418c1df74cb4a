"""Refusals about sets."""

from django.utils.translation import gettext_lazy as _

from catalog.errors.products import ProductInvalid


class BundleInvalid(ProductInvalid):
    code = "bundle_invalid"
    message = _("A set needs at least two pieces, of at most %(most)s different variants, each named once.")


class BundleQuantityInvalid(BundleInvalid):
    code = "bundle_quantity_invalid"
    message = _("From 1 to %(most)s pieces of each part of a set, please.")


class BundlePartUnknown(BundleInvalid):
    code = "bundle_part_unknown"
    message = _("Only variants of this shop can be part of a set.")


class BundleNested(BundleInvalid):
    code = "bundle_nested"
    message = _("A set cannot be part of another set, or of itself: %(sku)s.")


class BundleCurrenciesMixed(BundleInvalid):
    code = "bundle_currencies_mixed"
    message = _("All parts of a set need the currency of the set.")


class BundleNotCheaper(BundleInvalid):
    code = "bundle_not_cheaper"
    message = _("A set must cost less than its parts one by one; those cost %(apart)s.")


class BundlePartUnsuited(BundleInvalid):
    code = "bundle_part_unsuited"
    message = _("Downloads, and goods that ask the buyer for texts, are neither sets nor part of one: %(sku)s.")
