from payments.models.attempts import PaymentAttempt, Refund
from payments.models.bank import BankLine, ExpectedTransfer, OutgoingTransfer
from payments.models.cash import CashCollection, CashReturn
from payments.models.credit import CreditUse
from payments.models.deposits import Deposit, DepositMovement, DepositRule, Penalty
from payments.models.disputes import ProviderDispute
from payments.models.escrow import EscrowFreeze, EscrowHold, EscrowReturn
from payments.models.fees import ProviderFee
from payments.models.gifts import GiftCard, GiftCardBatch, GiftCardPurchase, StoreCreditGrant
from payments.models.inbox import InboxMessage
from payments.models.ledger import LedgerAccount, LedgerBalance, LedgerEntry, LedgerTransaction
from payments.models.payouts import BankAccount, BankAccountAccess, Payout, PayoutSchedule, PayoutStatement, StatementLine, TransferFile
from payments.models.reconciliation import Movement, Reconciliation, ReconciliationDifference, ReconciliationTotal
from payments.models.risk import RiskAssessment, RiskChallenge, RiskPolicy
from payments.models.sandbox import SandboxPayment, SandboxRefund, SandboxTransfer

__all__ = [
    "BankAccount",
    "BankAccountAccess",
    "BankLine",
    "CashCollection",
    "CashReturn",
    "CreditUse",
    "Deposit",
    "DepositMovement",
    "DepositRule",
    "EscrowFreeze",
    "EscrowHold",
    "EscrowReturn",
    "ExpectedTransfer",
    "GiftCard",
    "GiftCardBatch",
    "GiftCardPurchase",
    "InboxMessage",
    "LedgerAccount",
    "LedgerBalance",
    "LedgerEntry",
    "LedgerTransaction",
    "Movement",
    "OutgoingTransfer",
    "PaymentAttempt",
    "Payout",
    "PayoutSchedule",
    "PayoutStatement",
    "Penalty",
    "ProviderDispute",
    "ProviderFee",
    "Reconciliation",
    "ReconciliationDifference",
    "ReconciliationTotal",
    "Refund",
    "RiskAssessment",
    "RiskChallenge",
    "RiskPolicy",
    "SandboxPayment",
    "SandboxRefund",
    "SandboxTransfer",
    "StatementLine",
    "StoreCreditGrant",
    "TransferFile",
]
