"""Refusals about carts."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CartEmpty(DomainError):
    code = "cart_empty"
    message = _("Your cart is empty.")


class CartFull(DomainError):
    code = "cart_full"
    message = _("A cart holds at most %(most)s different items.")


class CartLineNotFound(DomainError):
    code = "cart_line_not_found"
    message = _("This item is no longer in your cart.")
    status = 404


class InvalidQuantity(DomainError):
    code = "invalid_quantity"
    message = _("Please give a whole number from 1 to %(most)s.")
    status = 400


class QuantityNotSold(DomainError):
    code = "quantity_not_sold"
    message = _("“%(title)s” is sold from %(least)s pieces on, in multiples of %(step)s.")
    status = 400


class VariantUnavailable(DomainError):
    code = "variant_unavailable"
    message = _("“%(title)s” is no longer sold.")


class BundleIncomplete(VariantUnavailable):
    code = "bundle_incomplete"
    message = _("“%(title)s” cannot be bought at the moment, because something in this set is not on sale.")


class NotInCurrency(DomainError):
    code = "not_in_currency"
    message = _("“%(title)s” is not sold in %(currency)s. Choose another currency, or take it out of your cart.")


class VariantNotFound(DomainError):
    code = "variant_not_found"
    message = _("This item does not exist.")
    status = 404


class SoldOut(DomainError):
    """`available` is how many could still be had, possibly 0."""

    code = "sold_out"
    message = _("“%(title)s” is sold out.")
    message_when_few = _("Only %(available)s of “%(title)s” are left.")

    def __str__(self) -> str:
        return str(self.message_when_few) % self.params if self.params["available"] > 0 else super().__str__()


class PriceChanged(DomainError):
    """`total` is the new total as text, `total_minor` the same in minor units."""

    code = "price_changed"
    message = _("Prices have changed. The new total is %(total)s. Please check and place the order again.")


class CurrencyChanged(DomainError):
    code = "currency_changed"
    message = _("You have chosen %(currency)s since this page was shown. Please check the total and place the order again.")


class AnswersNeeded(DomainError):
    code = "answers_needed"
    message = _("“%(title)s” asks for something you have not filled in. Take it out of your cart and choose it again.")
