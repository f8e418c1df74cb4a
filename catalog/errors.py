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


class CurrenciesMixed(ProductInvalid):
    code = "currencies_mixed"
    message = _("All variants of a product need the same currency.")


class SkuTaken(DomainError):
    code = "sku_taken"
    message = _("Another variant of this shop has one of these SKUs already.")


class InvalidPicture(DomainError):
    code = "picture_invalid"
    message = _("This file is not a picture we can use. JPEG, PNG, WebP, AVIF or GIF, at most 40 megapixels and 20 MB.")
    status = 422


class ReviewInvalid(DomainError):
    code = "review_invalid"
    message = _("A review needs 1 to 5 stars and at most 4,000 characters.")
    status = 422


class AlreadyReviewed(DomainError):
    code = "already_reviewed"
    message = _("You have reviewed this purchase already.")


class PictureNotFound(DomainError):
    code = "picture_not_found"
    message = _("This picture does not exist.")
    status = 404


class CurrencyNotSold(ProductInvalid):
    code = "currency_not_sold"
    message = _("There is no separate price in %(currency)s: it is the product's own currency, or the shop does not sell in it.")


class PriceNotChargeable(ProductInvalid):
    code = "price_not_chargeable"
    message = _("Cards are charged in steps of %(example)s in %(currency)s: round the price to that.")


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    message = _("The marketplace looks at this shop's goods before they change. Send it in, or take the product back to draft first.")


class NothingToApprove(DomainError):
    code = "nothing_to_approve"
    message = _("This product does not wait for approval.")


class ProposalNotFound(DomainError):
    code = "proposal_not_found"
    message = _("This proposed change does not exist.")
    status = 404


class ProposalStale(DomainError):
    code = "proposal_stale"
    message = _("The product has changed since this was proposed. Reject it, so that the shop can propose it anew.")


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
