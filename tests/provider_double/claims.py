"""What goes out again: refunds, disputes, transfers to merchants' accounts."""

from __future__ import annotations

import time

from tests.provider_double.books import Form, Payments, Refusal, metadata_of, number
from tests.provider_double.store import Row

EVIDENCE_SECONDS = 7 * 86_400
DISPUTE_FEE = 1_500


class Books(Payments):
    """All books of the provider."""

    # Refunds

    def refund(self, form: Form) -> Row:
        """Never more than was collected and not lost to disputes."""
        charge = self.charge_of(form.get("payment_intent", ""))
        amount = number(form, "amount") if "amount" in form else charge["amount"] - charge["amount_refunded"]
        lost = sum(row["amount"] for row in self.store.find("dispute", parent=charge["id"]) if row["status"] != "won")
        if amount < 1 or charge["amount_refunded"] + lost + amount > charge["amount"]:
            raise Refusal("charge_already_refunded" if charge["refunded"] else "amount_too_large")
        pending = self.faults.strikes("refund_pending", charge["created"] + charge["amount_refunded"])
        row = self.store.add(
            "re",
            "refund",
            charge["payment_intent"],
            amount=amount,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            reason=form.get("reason"),
            status="pending" if pending else "succeeded",
            failure_reason=None,
            metadata={**charge["metadata"], **metadata_of(form)},
        )
        self.store.save(row, balance_transaction=self.book("refund", row["id"], -amount, row["currency"])["id"])
        total = charge["amount_refunded"] + amount
        self.store.save(charge, amount_refunded=total, refunded=total == charge["amount"])
        self.messages.emit("refund.created", row)
        self.messages.emit("charge.refunded", charge)
        return row

    def settle_refund(self, identity: str, status: str) -> Row:
        """A pending refund succeeds or fails; a failed one gives the money back to the balance."""
        row = self.row(identity, "refund")
        if row["status"] != "pending":
            raise Refusal("refund_not_pending")
        self.store.save(row, status=status, failure_reason="lost_or_stolen_card" if status == "failed" else None)
        if status == "failed":
            self.book("refund_failure", identity, row["amount"], row["currency"])
            charge = self.row(row["charge"], "charge")
            self.store.save(charge, amount_refunded=charge["amount_refunded"] - row["amount"], refunded=False)
        self.messages.emit("refund.failed" if status == "failed" else "refund.updated", row)
        return row

    def charge_of(self, intent: str) -> Row:
        charges = self.store.find("charge", parent=intent) if intent else []
        if not charges:
            raise Refusal("resource_missing", 404)
        return charges[-1]

    # Disputes

    def open_dispute(self, intent: str, amount: int | None, reason: str) -> Row:
        """The shopper's bank takes money back; the evidence is due in a week."""
        charge = self.charge_of(intent)
        taken = amount or charge["amount"] - charge["amount_refunded"]
        due = {"due_by": int(time.time()) + EVIDENCE_SECONDS, "has_evidence": False, "past_due": False, "submission_count": 0}
        row = self.store.add(
            "dp",
            "dispute",
            charge["id"],
            amount=taken,
            currency=charge["currency"],
            charge=charge["id"],
            payment_intent=charge["payment_intent"],
            reason=reason,
            status="needs_response",
            evidence_details=due,
            metadata={},
        )
        self.book("adjustment", row["id"], -taken, row["currency"], fee=DISPUTE_FEE)
        self.store.save(charge, disputed=True)
        self.messages.emit("charge.dispute.created", row)
        self.messages.emit("charge.dispute.funds_withdrawn", row)
        return row

    def close_dispute(self, identity: str, status: str) -> Row:
        row = self.row(identity, "dispute")
        if row["status"] in {"won", "lost"}:
            raise Refusal("dispute_closed")
        self.store.save(row, status=status)
        if status == "won":
            self.book("adjustment", identity, row["amount"], row["currency"])
            self.messages.emit("charge.dispute.funds_reinstated", row)
        self.messages.emit("charge.dispute.closed", row)
        return row

    # Connect

    def open_account(self, form: Form) -> Row:
        return self.store.add(
            "acct", "account", payouts_enabled=True, charges_enabled=True, email=form.get("email"), metadata=metadata_of(form)
        )

    def transfer(self, form: Form) -> Row:
        amount = number(form, "amount")
        if self.store.get(form.get("destination", ""), "account") is None:
            raise Refusal("resource_missing")
        if self.faults.strikes("balance_checked", 0) and self.balance(form["currency"]) < amount:
            raise Refusal("balance_insufficient")
        row = self.store.add(
            "tr",
            "transfer",
            form["destination"],
            amount=amount,
            amount_reversed=0,
            reversed=False,
            currency=form["currency"],
            destination=form["destination"],
            transfer_group=form.get("transfer_group"),
            metadata=metadata_of(form),
        )
        self.book("transfer", row["id"], -amount, row["currency"])
        self.messages.emit("transfer.created", row)
        return row

    def balance(self, currency: str) -> int:
        return sum(row["net"] for row in self.store.find("balance_transaction") if row["currency"] == currency)

    def open_customer(self, form: Form) -> Row:
        return self.store.add("cus", "customer", email=form.get("email"), metadata=metadata_of(form))

    def submit_evidence(self, identity: str, form: Form) -> Row:
        row = self.row(identity, "dispute")
        return self.store.save(row, status="under_review", evidence_details=row["evidence_details"] | {"has_evidence": True})
