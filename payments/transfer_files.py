"""The payment file for the operator's bank: one line per payout, with the full details of its account."""

import csv
import io

from core.money import Money
from payments.models import TransferFile
from payments.services.bank_accounts import details_of
from payments.statement_papers import safe_cell

HEADING = ("reference", "holder", "account_number", "bank_code", "bank_name", "country", "amount", "currency", "purpose")


def csv_of_file(made: TransferFile) -> bytes:
    """The file as CSV, UTF-8 with a mark; the reference is what the bank prints on the merchant's account statement.

    Raises:
        BankDetailsUnreadable: the keys have been lost.
    """
    target = io.StringIO()
    write = csv.writer(target).writerow
    write(HEADING)
    for payout in made.payouts.select_related("account", "statement", "merchant").order_by("pk"):
        details = details_of(payout)
        texts = (
            payout.idempotency_key,
            payout.account.holder,
            details.number,
            details.bank_code,
            details.bank_name,
            payout.account.country,
        )
        purpose = f"Payout {payout.statement.number:04d} {payout.merchant.name}"
        amount = str(Money(payout.amount_minor, payout.currency).amount)
        write([*(safe_cell(text) for text in texts), amount, payout.currency, safe_cell(purpose)])
    return target.getvalue().encode("utf-8-sig")
