from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class UnknownGateway(DomainError):
    code = "unknown_gateway"
    message = _("This payment method does not exist.")
    status = 404


class GatewayUnavailable(DomainError):
    code = "gateway_unavailable"
    message = _("This payment method is not available at the moment.")


class AlreadyPaid(DomainError):
    code = "already_paid"
    message = _("This purchase is paid already.")


class PaymentInProgress(DomainError):
    code = "payment_in_progress"
    message = _("A payment for this purchase is still in progress.")


class PaymentNotFound(DomainError):
    code = "payment_not_found"
    message = _("This payment does not exist.")
    status = 404


class AlreadyDecided(DomainError):
    code = "already_decided"
    message = _("This payment has been answered already.")


class InvalidSignature(DomainError):
    code = "invalid_signature"
    message = _("The signature of this message is not valid.")
    status = 400


class NotCaptured(DomainError):
    code = "not_captured"
    message = _("The money for this purchase is not here.")


class RefundExceedsCaptured(DomainError):
    code = "refund_exceeds_captured"
    message = _("More than what was paid cannot be refunded.")


class DisputedAtProvider(DomainError):
    code = "disputed_at_provider"
    message = _("The shopper's bank has taken this payment back, so it cannot be refunded as well.")


class HeldInEscrow(DomainError):
    code = "held_in_escrow"
    message = _("This payment belongs to orders; refund the orders.")


class HoldNotFound(DomainError):
    code = "hold_not_found"
    message = _("No money is held for this order.")
    status = 404


class AlreadyPosted(DomainError):
    code = "already_posted"
    message = _("This was posted to the ledger already.")


class NotReconcilable(DomainError):
    code = "not_reconcilable"
    message = _("This provider shows no list that could be compared.")


class DayNotOver(DomainError):
    code = "day_not_over"
    message = _("Only a day that has begun can be compared.")


class DifferenceSettled(DomainError):
    code = "difference_settled"
    message = _("This difference is not open any more.")


class ProviderSilent(DomainError):
    code = "provider_silent"
    message = _("The provider did not answer. Nothing has changed; please try again in a minute.")
    status = 503


class MessageNotQuarantined(DomainError):
    code = "message_not_quarantined"
    message = _("This message is not in quarantine any more.")


class RefundNotFailed(DomainError):
    code = "refund_not_failed"
    message = _("This refund is on its way or has been paid.")


class HoldFrozen(DomainError):
    code = "hold_frozen"
    message = _("This money is claimed; it stays where it is until the claim is settled.")


class RefundExceedsHold(DomainError):
    code = "refund_exceeds_hold"
    message = _("That is more than is left of this order.")


class AmountNotInSteps(DomainError):
    """`step` is the smallest amount cards move in this currency, as text."""

    code = "amount_not_in_steps"
    message = _("Cards are charged and refunded in steps of %(step)s: please round the amount to that.")
    status = 400


class InsufficientCredit(DomainError):
    code = "insufficient_credit"
    message = _("There is not enough credit.")


class TransferNotFound(DomainError):
    code = "transfer_not_found"
    message = _("No payment has this payment reference.")
    status = 404


class LinesDoNotFit(DomainError):
    code = "lines_do_not_fit"
    message = _("This does not fit: it was settled already, or the sum is not exactly what was to be paid.")


class LineDiffers(DomainError):
    code = "line_differs"
    message = _("The bank's transaction %(transaction)s was imported before with another date or amount.")


class StatementUnreadable(DomainError):
    code = "statement_unreadable"
    message = _("This is not a bank statement as CSV: %(problem)s")
    status = 400


class BankDetailsUnreadable(DomainError):
    code = "bank_details_unreadable"
    message = _("These bank details cannot be read with the keys of this installation.")


class BankDetailsInvalid(DomainError):
    code = "bank_details_invalid"
    message = _("This is not an account we can pay to. Please check the holder, the number and the bank code.")
    status = 400


class BankAccountNotFound(DomainError):
    code = "bank_account_not_found"
    message = _("There is no such bank account.")
    status = 404


class MinimumOutOfRange(DomainError):
    code = "minimum_out_of_range"
    message = _("The smallest payout must be at least %(least)s.")
    status = 400


class ScheduleInvalid(DomainError):
    code = "schedule_invalid"
    message = _("Please choose how often, and a day that every month has.")
    status = 400


class PayoutNotFailed(DomainError):
    code = "payout_not_failed"
    message = _("This payout is on its way or has arrived.")


class PayoutNotPossible(DomainError):
    code = "payout_not_possible"
    message = _("There is nothing to pay out now: %(reason)s.")


class PayoutNotByHand(DomainError):
    code = "payout_not_by_hand"
    message = _("Only payouts that you carry to the bank yourself can be marked, and only once.")


class CodeWrong(DomainError):
    code = "code_wrong"
    message = _("This is not the code from our latest mail, or it has expired. You can ask for a new one.")
    status = 422


class CodeTooSoon(DomainError):
    code = "code_too_soon"
    message = _("We have just sent you a code. Please wait a minute before you ask for another one.")
    status = 429


class CodeExhausted(DomainError):
    code = "code_exhausted"
    message = _("We have sent as many codes for this order as we can. Please write to us.")


class RiskPolicyInvalid(DomainError):
    code = "risk_policy_invalid"
    message = _("Weights go from 0 to 100, limits are above zero, and the three thresholds rise from extra check to review to refusal.")
    status = 422


class InvalidCredit(DomainError):
    code = "invalid_credit"
    message = _("Please give an amount that makes sense, and a reason or name.")
    status = 400


class GiftCardUnknown(DomainError):
    """Also the answer to every code while too many were tried, so that guessing learns nothing."""

    code = "gift_card_unknown"
    message = _("This is not a code of a gift card, or too many codes were tried. Please check it and try again in a minute.")
    status = 400


class GiftCardBlocked(DomainError):
    code = "gift_card_blocked"
    message = _("This gift card is blocked. Please write to us.")


class GiftCardExpired(DomainError):
    code = "gift_card_expired"
    message = _("This gift card expired on %(day)s.")


class GiftCardEmpty(DomainError):
    code = "gift_card_empty"
    message = _("Nothing is left on this gift card.")


class GiftCardOfAnotherCurrency(DomainError):
    code = "gift_card_of_another_currency"
    message = _("This gift card is in another currency than this order.")


class GiftCardUsed(DomainError):
    code = "gift_card_used"
    message = _("A part of this gift card has been used, so it cannot be given back.")


class DepositNotNeeded(DomainError):
    code = "deposit_not_needed"
    message = _("Your deposit is complete: there is nothing to pay.")


class DepositTooMuch(DomainError):
    code = "deposit_too_much"
    message = _("Pay at most what is missing, and no more than your balance has.")
    status = 422


class DepositRuleKnown(DomainError):
    code = "deposit_rule_known"
    message = _("There is a rule for this kind and category already.")


class DepositRuleInvalid(DomainError):
    code = "deposit_rule_invalid"
    message = _("A deposit is more than nothing.")
    status = 422
