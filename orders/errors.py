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


class TooManyUnpaid(DomainError):
    code = "too_many_unpaid"
    message = _("You already have %(most)s unpaid orders. Please pay or cancel one of them first.")


class Busy(DomainError):
    """Too many people wanted the same rows at this moment; nothing has changed and the same call may be made again."""

    code = "busy"
    message = _("Many people are buying this right now. Please try again in a moment.")
    status = 503


class PointsNotAllowed(DomainError):
    code = "points_not_allowed"
    message = _("You can use at most %(most)s points here.")


class DueChanged(DomainError):
    code = "due_changed"
    message = _("What is left to pay is %(due)s now. Please check and place the order again.")


class CreditExceedsTotal(DomainError):
    code = "credit_exceeds_total"
    message = _("The credit is more than there is to pay. Please check the total again.")


class CheckoutNotFound(DomainError):
    code = "checkout_not_found"
    message = _("This order does not exist.")
    status = 404


class OrderNotFound(DomainError):
    code = "order_not_found"
    message = _("This order does not exist.")
    status = 404


class CheckoutExpired(DomainError):
    code = "checkout_expired"
    message = _("This order was not paid in time. Everything in it has been given back.")


class CheckoutCancelled(DomainError):
    code = "checkout_cancelled"
    message = _("This order has been cancelled.")


class CheckoutPaid(DomainError):
    code = "checkout_paid"
    message = _("This order is already paid.")


class CheckoutConfirmed(DomainError):
    code = "checkout_confirmed"
    message = _("This order is paid in cash on delivery.")


class CashNotOffered(DomainError):
    code = "cash_not_offered"
    message = _("This order cannot be paid in cash on delivery.")


class NotAtTheDoor(DomainError):
    code = "not_at_the_door"
    message = _("Only an order that is on its way and paid in cash can be refused at the door.")


class CashNotHandedOver(DomainError):
    code = "cash_not_handed_over"
    message = _("Nobody has paid this order yet: mark it as refused at the door, or as delivered first.")


class ReviewNotAllowed(DomainError):
    code = "review_not_allowed"
    message = _("You can review an item once its order is completed.")


class CaseNotFound(DomainError):
    code = "case_not_found"
    message = _("This case does not exist.")
    status = 404


class CaseNotPossible(DomainError):
    """The order is not at the point where this kind of case makes sense."""

    code = "case_not_possible"
    message = _("This is not possible for this order.")


class CaseTooLate(DomainError):
    code = "case_too_late"
    message = _("The time for this is over: it ended on %(until)s.")


class CaseWithoutLines(DomainError):
    code = "case_without_lines"
    message = _("Please choose at least one item.")
    status = 400


class QuantityClaimed(DomainError):
    """`most` is how many pieces of this line are in no other case."""

    code = "quantity_claimed"
    message = _("At most %(most)s of “%(title)s” can still be chosen.")


class TextMissing(DomainError):
    code = "text_missing"
    message = _("Please say why.")
    status = 400


class AmountNotAllowed(DomainError):
    """`most` is the highest amount as text."""

    code = "amount_not_allowed"
    message = _("Please give an amount from 0 to %(most)s.")
    status = 400


class TooManyPhotos(DomainError):
    code = "too_many_photos"
    message = _("At most %(most)s photos can be added.")
    status = 400


class EvidenceClosed(DomainError):
    code = "evidence_closed"
    message = _("The time to add something to this case is over.")


class CaseOpen(DomainError):
    """Somebody wants to complete an order about which a case is open."""

    code = "case_open"
    message = _("Case %(number)s is still open. Settle or withdraw it first.")


class CountsMissing(DomainError):
    code = "counts_missing"
    message = _("Please count and grade every item.")
    status = 400


class RefundExceedsLine(DomainError):
    code = "refund_exceeds_line"
    message = _("That is more than is left of this item or of shipping.")


class ExchangeNotPossible(DomainError):
    code = "exchange_not_possible"
    message = _("It can be exchanged for the same article, or for another version of it at the same price.")


class NothingToInvoice(DomainError):
    code = "nothing_to_invoice"
    message = _("There is no such amount to put on an invoice or a credit note.")


class RefundNotFound(DomainError):
    code = "refund_not_found"
    message = _("Nothing was refunded for this.")
    status = 404


class PaperNotFound(DomainError):
    code = "paper_not_found"
    message = _("This invoice does not exist.")
    status = 404


class PaymentDeclined(DomainError):
    code = "payment_declined"
    message = _("We cannot take a payment for this order. Nothing was charged. Please write to us if you think that this is a mistake.")
    status = 403


class CashDeclined(DomainError):
    code = "cash_declined"
    message = _("This order cannot be paid in cash at the door. Please choose another way to pay.")
    status = 403


class ExtraCheckNeeded(DomainError):
    code = "extra_check_needed"
    message = _("Before you pay, please confirm your e-mail address with the code we send you.")
    status = 403


class ReviewDecided(DomainError):
    code = "review_decided"
    message = _("This payment was decided about already.")


class NotBought(DomainError):
    code = "not_bought"
    message = _("Only people who received the item can answer questions about it.")
    status = 403


class QuoteNotFound(DomainError):
    code = "quote_not_found"
    message = _("This price request does not exist.")
    status = 404


class QuoteInvalid(DomainError):
    code = "quote_invalid"
    message = _("A price above zero that can be charged, a day within a year from now, and at most 1,000 characters, please.")
    status = 422


class QuoteNotUsable(DomainError):
    code = "quote_not_usable"
    message = _("The agreed price of “%(title)s” is no longer good. Take it out of the cart, or ask for a new one.")


class QuoteNotOffered(DomainError):
    code = "quote_not_offered"
    message = _("“%(title)s” is made with your own words, piece by piece, so there is no other price to ask for.")


class QuoteFixed(DomainError):
    code = "quote_fixed"
    message = _("The price was agreed for exactly %(quantity)s pieces. Take them out, or ask for another price.")


class TooManyQuotes(DomainError):
    code = "too_many_quotes"
    message = _("%(most)s of your price requests wait already. Answer or withdraw one of them first.")


class PurchaseNumberInvalid(DomainError):
    code = "purchase_number_invalid"
    message = _("A purchase order number has at most %(most)s characters, all of them printable.")
    status = 422


class AddressNeeded(DomainError):
    code = "address_needed"
    message = _("Something in your cart is sent by parcel. Please say where to.")
    status = 422


class ConsentNeeded(DomainError):
    code = "consent_needed"
    message = _("Please agree that the digital goods are delivered at once and that your right to withdraw ends with the download.")
    status = 422


class DownloadNotFound(DomainError):
    code = "download_not_found"
    message = _("There is no such download.")
    status = 404


class DownloadMissing(DomainError):
    code = "download_missing"
    message = _("The file cannot be read at the moment. Nothing was counted; please try again later.")
    status = 503


class DownloadEnded(DomainError):
    code = "download_ended"
    message = _("This download has ended, because the order was cancelled, refunded or given back.")
    status = 403


class DownloadPaused(DomainError):
    code = "download_paused"
    message = _("You have asked to cancel this order. While that is open nothing of it can be downloaded.")
    status = 403


class DownloadsUsedUp(DomainError):
    code = "downloads_used_up"
    message = _("You have used all %(allowed)s downloads of this file. The shop can grant more: ask it.")
    status = 403


class DownloadTooLate(DomainError):
    code = "download_too_late"
    message = _("The time for this download is over. The shop can grant more: ask it.")
    status = 403


class DownloadGrantInvalid(DomainError):
    code = "download_grant_invalid"
    message = _("Grant 0 to 1000 downloads and 0 to 3650 days, one of them at least, with a reason.")
    status = 422


class AlreadyDownloaded(DomainError):
    code = "already_downloaded"
    message = _(
        "Digital goods of this order were downloaded, which ended the right to withdraw. If something is wrong with them, ask for a refund."
    )


class DigitalNotReturnable(DomainError):
    code = "digital_not_returnable"
    message = _("“%(title)s” is a download and cannot be sent back, exchanged or repaired. Leave it out, or ask for the money.")


class AnswersNeeded(DomainError):
    code = "answers_needed"
    message = _("“%(title)s” asks for something you have not filled in. Take it out of your cart and choose it again.")


class BespokeNotReturnable(DomainError):
    code = "bespoke_not_returnable"
    message = _("“%(title)s” was made for you, so it cannot be given back for a change of mind. If something is wrong with it, say what.")
