"""Payments as the provider keeps them. Every function runs inside the store's transaction."""

from __future__ import annotations

import re

from tests.provider_double.faults import Faults
from tests.provider_double.messages import Messages
from tests.provider_double.store import Row, Store

Form = dict[str, str]
LEAST = 50
# Every shopper of the double pays with the same card, whose fingerprint is this.
CARD = "fIng3rpr1ntOfTheCard"


class Refusal(Exception):
    """The provider says no, and has done nothing."""

    def __init__(self, code: str, status: int = 400, kind: str = "invalid_request_error") -> None:
        super().__init__(code)
        self.code, self.status, self.kind = code, status, kind


def metadata_of(form: Form, prefix: str = "metadata") -> Form:
    """The values of `metadata[name]`, or of `payment_intent_data[metadata][name]` with the prefix up to the name."""
    pattern = re.compile(re.escape(prefix) + r"\[(\w+)\]")
    return {match[1]: value for name, value in form.items() if (match := pattern.fullmatch(name))}


def number(form: Form, name: str) -> int:
    if not re.fullmatch(r"\d{1,12}", form.get(name, "")):
        raise Refusal("parameter_invalid_integer")
    return int(form[name])


class Payments:
    """Checkout sessions and payment intents, and what the shopper does with them."""

    def __init__(self, store: Store, faults: Faults, messages: Messages, base: str) -> None:
        self.store = store
        self.faults = faults
        self.messages = messages
        self.base = base

    def row(self, identity: str, kind: str = "") -> Row:
        found = self.store.get(identity, kind)
        if found is None:
            raise Refusal("resource_missing", 404)
        return found

    # Sessions

    def open_session(self, form: Form) -> Row:
        amount = number(form, "line_items[0][price_data][unit_amount]") * number(form, "line_items[0][quantity]")
        if amount < LEAST:
            raise Refusal("amount_too_small")
        if form.get("mode") != "payment" or not form.get("success_url", "").startswith("http"):
            raise Refusal("parameter_invalid_string_empty")
        row = self.store.add(
            "cs_test",
            "checkout.session",
            status="open",
            payment_status="unpaid",
            payment_intent=None,
            amount_total=amount,
            currency=form["line_items[0][price_data][currency]"],
            client_reference_id=form.get("client_reference_id"),
            metadata=metadata_of(form),
            intent_metadata=metadata_of(form, "payment_intent_data[metadata]"),
            success_url=form["success_url"],
            cancel_url=form.get("cancel_url", form["success_url"]),
        )
        return self.store.save(row, url=f"{self.base}/pay/{row['id']}")

    def expire_session(self, identity: str) -> Row:
        row = self.row(identity, "checkout.session")
        if row["status"] != "open":
            raise Refusal("resource_not_open")
        self.store.save(row, status="expired", url=None)
        self.messages.emit("checkout.session.expired", row)
        return row

    # Payment intents

    def open_intent(self, form: Form) -> Row:
        if number(form, "amount") < LEAST:
            raise Refusal("amount_too_small")
        return self._intent(number(form, "amount"), form["currency"], metadata_of(form), form.get("return_url", ""))

    def _intent(self, amount: int, currency: str, metadata: Form, return_url: str, parent: str = "") -> Row:
        row = self.store.add(
            "pi",
            "payment_intent",
            parent,
            amount=amount,
            amount_received=0,
            currency=currency,
            status="requires_payment_method",
            latest_charge=None,
            last_payment_error=None,
            next_action=None,
            metadata=metadata,
            return_url=return_url,
        )
        self.store.save(row, client_secret=f"{row['id']}_secret_{row['id'][3:19]}")
        self.messages.emit("payment_intent.created", row)
        return row

    def confirm_intent(self, identity: str, form: Form) -> Row:
        row = self.row(identity, "payment_intent")
        if row["status"] in {"succeeded", "canceled", "processing"}:
            raise Refusal("payment_intent_unexpected_state")
        method = form.get("payment_method", "")
        if method == "pm_card_chargeDeclined":
            self._fail(row, "card_declined")
            raise Refusal("card_declined", 402, "card_error")
        if method.startswith("pm_card"):
            return self._collect(row)
        where = {"url": f"{self.base}/pay/{identity}", "return_url": form.get("return_url", row["return_url"])}
        action = {"type": "redirect_to_url", "redirect_to_url": where}
        return self.store.save(row, status="requires_action", next_action=action, return_url=where["return_url"])

    def cancel_intent(self, identity: str) -> Row:
        row = self.row(identity, "payment_intent")
        if row["status"] in {"succeeded", "canceled", "processing"}:
            raise Refusal("payment_intent_unexpected_state")
        self.store.save(row, status="canceled", next_action=None)
        self.messages.emit("payment_intent.canceled", row)
        return row

    def _collect(self, row: Row) -> Row:
        """Money moves: the charge and its balance transaction are what the oracle counts."""
        row |= self._distorted(row, "amount")
        charge = self.store.add(
            "ch",
            "charge",
            row["id"],
            amount=row["amount"],
            amount_refunded=0,
            currency=row["currency"],
            livemode=row["livemode"],
            payment_intent=row["id"],
            status="succeeded",
            paid=True,
            refunded=False,
            disputed=False,
            metadata=row["metadata"],
            payment_method_details={"type": "card", "card": {"brand": "visa", "fingerprint": CARD}},
        )
        fee = row["amount"] * 29 // 1000 + 30
        self.store.save(charge, balance_transaction=self.book("charge", charge["id"], row["amount"], row["currency"], fee)["id"])
        self.store.save(row, status="succeeded", amount_received=row["amount"], latest_charge=charge["id"], next_action=None)
        self.messages.emit("payment_intent.succeeded", row)
        self.messages.emit("charge.succeeded", charge)
        return row

    def _fail(self, row: Row, code: str) -> Row:
        self.store.save(row, status="requires_payment_method", next_action=None, last_payment_error={"type": "card_error", "code": code})
        self.messages.emit("payment_intent.payment_failed", row)
        return row

    def _distorted(self, row: Row, amount: str) -> Row:
        serial = int(row["id"].rsplit("_", 1)[1][:8], 16)
        changes: Row = {}
        if self.faults.strikes("wrong_amount", serial):
            changes[amount] = max(1, row[amount] // 100)
        if self.faults.strikes("wrong_currency", serial):
            changes["currency"] = "eur" if row["currency"] != "eur" else "usd"
        if self.faults.strikes("wrong_livemode", serial):
            changes["livemode"] = not row["livemode"]
        return changes

    def book(self, kind: str, source: str, amount: int, currency: str, fee: int = 0) -> Row:
        net = amount - fee
        return self.store.add(
            "txn", "balance_transaction", source, type=kind, source=source, amount=amount, net=net, fee=fee, currency=currency
        )

    # What the shopper does on the hosted page

    def pay(self, identity: str) -> Row:
        """The money of a session or intent arrives, at once or some time after `submit`."""
        row = self.row(identity)
        if row["object"] == "payment_intent":
            if row["status"] in {"succeeded", "canceled"}:
                raise Refusal("payment_intent_unexpected_state")
            return self._collect(row)
        if row["payment_status"] == "paid" or row["status"] == "expired":
            raise Refusal("resource_not_open")
        was_open = row["status"] == "open"
        row |= self._distorted(row, "amount_total")
        intent = self._intent_of(row)
        self._collect(self.store.save(intent, amount=row["amount_total"], currency=row["currency"], livemode=row["livemode"]))
        self.store.save(row, status="complete", payment_status="paid", payment_intent=intent["id"], url=None)
        self.messages.emit("checkout.session.completed" if was_open else "checkout.session.async_payment_succeeded", row)
        return row

    def submit(self, identity: str) -> Row:
        """The shopper has done their part, but the money comes later or never: a bank transfer."""
        row = self.row(identity)
        if row["object"] == "payment_intent":
            return self.store.save(row, status="processing")
        intent = self.store.save(self._intent_of(row), status="processing")
        self.store.save(row, status="complete", payment_intent=intent["id"], url=None)
        self.messages.emit("checkout.session.completed", row)
        return row

    def decline(self, identity: str) -> Row:
        """The payment method says no. A session stays open for another one; what was submitted has failed."""
        row = self.row(identity)
        if row["object"] == "payment_intent":
            return self._fail(row, "card_declined")
        self._fail(self._intent_of(row), "card_declined")
        if row["status"] == "complete" and row["payment_status"] == "unpaid":
            self.messages.emit("checkout.session.async_payment_failed", row)
        return row

    def _intent_of(self, session: Row) -> Row:
        if session["payment_intent"]:
            return self.row(session["payment_intent"], "payment_intent")
        made = self._intent(session["amount_total"], session["currency"], session["intent_metadata"], session["success_url"], session["id"])
        self.store.save(session, payment_intent=made["id"])
        return made
