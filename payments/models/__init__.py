from payments.models.attempts import PaymentAttempt, Refund
from payments.models.escrow import EscrowHold
from payments.models.inbox import InboxMessage
from payments.models.ledger import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.models.sandbox import SandboxPayment, SandboxRefund

__all__ = [
    "EscrowHold",
    "InboxMessage",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerTransaction",
    "PaymentAttempt",
    "Refund",
    "SandboxPayment",
    "SandboxRefund",
]
