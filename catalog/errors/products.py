"""Refusals about products, their variants and what is said of them."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ProductNotFound(DomainError):
    code = "product_not_found"
    message = _("This product does not exist or is no longer sold.")
    status = 404


class ProductInvalid(DomainError):
    code = "product_invalid"
    message = _("This product is not complete.")
    status = 422


class TitleMissing(ProductInvalid):
    code = "title_missing"
    message = _("A title of 1 to 200 characters is needed.")


class VariantsMissing(ProductInvalid):
    code = "variants_missing"
    message = _("At least one variant on sale is needed.")


class VariantsUnclear(ProductInvalid):
    code = "variants_unclear"
    message = _("Each variant needs its own combination of the options, with one value for each.")


class PriceInvalid(ProductInvalid):
    code = "price_invalid"
    message = _("The price of %(sku)s must be above zero, and a compare-at price above the price.")


class HsCodeInvalid(ProductInvalid):
    code = "hs_code_invalid"
    message = _("The HS code of %(sku)s needs 6 to 10 digits.")


class OriginInvalid(ProductInvalid):
    code = "origin_invalid"
    message = _("The country of origin of %(sku)s must be the two letters of a country, such as CN.")


class SizeInvalid(ProductInvalid):
    code = "size_invalid"
    message = _("The size of %(sku)s must be above zero and at most %(most)s mm each way.")


class CurrenciesMixed(ProductInvalid):
    code = "currencies_mixed"
    message = _("All variants of a product need the same currency.")


class SkuTaken(DomainError):
    code = "sku_taken"
    message = _("Another variant of this shop has one of these SKUs already.")


class SlugTaken(DomainError):
    code = "slug_taken"
    message = _("This address belongs, or belonged, to something else.")


class SlugInvalid(DomainError):
    code = "slug_invalid"
    message = _("An address needs letters or digits of the Latin alphabet, at most 100.")
    status = 422


class CurrencyNotSold(ProductInvalid):
    code = "currency_not_sold"
    message = _("There is no separate price in %(currency)s: it is the product's own currency, or the shop does not sell in it.")


class PriceNotChargeable(ProductInvalid):
    code = "price_not_chargeable"
    message = _("Cards are charged in steps of %(example)s in %(currency)s: round the price to that.")


class AttributeInvalid(ProductInvalid):
    code = "attribute_invalid"
    message = _("“%(value)s” is no value of “%(name)s”.")


class AttributeMissing(ProductInvalid):
    code = "attribute_missing"
    message = _("“%(name)s” is needed for goods of this kind.")


class OptionUnknown(ProductInvalid):
    code = "option_unknown"
    message = _("The product has no such option value any more.")


class CompareFull(DomainError):
    code = "compare_full"
    message = _("You can compare %(most)s products at once. Please remove one first.")


class CompareUnclear(DomainError):
    code = "compare_unclear"
    message = _("This address names no products that could be compared.")
    status = 400


class ShopNotFound(DomainError):
    code = "shop_not_found"
    message = _("This shop does not exist or is closed.")
    status = 404


class BrandNotFound(DomainError):
    code = "brand_not_found"
    message = _("This brand does not exist.")
    status = 404


class ScheduleInvalid(ProductInvalid):
    code = "schedule_invalid"
    message = _("A product goes on sale in the future, and off sale after that. What is on sale already only needs an end.")


class TiersInvalid(ProductInvalid):
    code = "tiers_invalid"
    message = _("The price tiers of %(sku)s must start at more than one piece and get cheaper from one to the next; at most ten.")


class QuantitiesInvalid(ProductInvalid):
    code = "quantities_invalid"
    message = _("The least quantity of %(sku)s must be a multiple of what it is sold in, from 1 to %(most)s.")


class DefectsTooLong(ProductInvalid):
    code = "defects_too_long"
    message = _("At most %(most)s characters about defects, please.")


class HandlingDaysInvalid(ProductInvalid):
    code = "handling_days_invalid"
    message = _("From 0 to %(most)s handling days, please.")
