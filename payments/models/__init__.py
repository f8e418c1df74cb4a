from payments.models.attempts import PaymentAttempt, Refund
from payments.models.escrow import EscrowHold
from payments.models.inbox import InboxMessage
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.payouts import (
    BankAccount,
    BankAccountAccess,
    Payout,
    PayoutSchedule,
    PayoutStatement,
    StatementLine,
    TransferFile,
)
from payments.models.sandbox import SandboxPayment, SandboxRefund, SandboxTransfer

__all__ = [
    "BankAccount",
    "BankAccountAccess",
    "EscrowHold",
    "InboxMessage",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "PaymentAttempt",
    "Payout",
    "PayoutSchedule",
    "PayoutStatement",
    "Refund",
    "SandboxPayment",
    "SandboxRefund",
    "SandboxTransfer",
    "StatementLine",
    "TransferFile",
]
