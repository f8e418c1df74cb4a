"""When to ask again, and what counts as the payment that was agreed."""

import datetime as dt

# Looks at a payment after 1, 2, 5, 15 and 60 minutes, then hourly. Closer ones lie between them for the half hour in which a purchase
# can still be paid, because a webhook may be lost whenever the shopper pays, not only at the start: never more than five minutes apart
# there. None is closer than a minute: most open payments are of people who are still choosing their card, and each look is a call.
LOOK_GAPS = (60, 60, 60, 60, 60, *[120] * 5, *[300] * 3, 900, 900)
# Somebody may already have paid at a provider whose answer we did not live to see.
FIRST_LOOK = dt.timedelta(seconds=20)
# Looks at refunds and payouts, which wait for nobody but the provider.
POLL_GAPS = (20, 20, 20, 30, 30, 60, 60, 60, *[120] * 5, *[300] * 3, 900, 900)
LAST_POLL_GAP = 3600
MESSAGE_GAPS = (2, 5, 15, 30, 60, 90)
MAX_MESSAGE_TRIES = len(MESSAGE_GAPS)
# The provider call itself ends after ten seconds; later than this nobody is still inside it.
CALL_IS_OVER = dt.timedelta(seconds=60)
# Stripe forgets idempotency keys after 24 h; a key is never sent again near that.
KEY_LIFETIME = dt.timedelta(hours=23)
LAST_POLL_TO_SEND = 8
MISMATCH = "mismatch"


def look_gap(looks: int) -> dt.timedelta:
    """How long to wait after the `looks`-th look at a payment (0 = just sent)."""
    return _gap(LOOK_GAPS, looks)


def poll_gap(polls: int) -> dt.timedelta:
    """How long to wait after the `polls`-th look at a refund or payout (0 = just sent)."""
    return _gap(POLL_GAPS, polls)


def _gap(gaps: tuple[int, ...], looks: int) -> dt.timedelta:
    return dt.timedelta(seconds=gaps[looks] if looks < len(gaps) else LAST_POLL_GAP)


def message_gap(tries: int) -> dt.timedelta:
    """How long to wait after the `tries`-th failed handling of a webhook; all of them together stay under five minutes."""
    return dt.timedelta(seconds=MESSAGE_GAPS[min(tries, MAX_MESSAGE_TRIES) - 1])


def may_send_again(*, first_sent: dt.datetime, polls: int, at: dt.datetime) -> bool:
    """Whether a request the provider has no trace of may be repeated with its own key."""
    return at - first_sent >= CALL_IS_OVER and at - first_sent < KEY_LIFETIME and polls <= LAST_POLL_TO_SEND


def difference(*, agreed: tuple[int, str, str], seen: tuple[int, str, str]) -> str:
    """Names of what differs between (amount in minor units, currency, reference) agreed and seen; empty when they are the same."""
    names = ("amount", "currency", "reference")
    return ", ".join(name for name, ours, theirs in zip(names, agreed, seen, strict=True) if ours != theirs)


def share_taken(whole_minor: int, *, taken_before: int, part_after: int, total: int, step: int = 1) -> int:
    """How much of `whole_minor` goes along when `part_after` of `total` is gone then and `taken_before` of it went before.

    Half up on the running sum, so any sequence of parts that ends at the total takes the whole exactly. With a `step` the running sum
    is rounded to its multiples, so that what is left of each part after the share can be paid back by a card.
    """
    due = (2 * whole_minor * part_after + total * step) // (2 * total * step) * step if total else 0
    if part_after == total:
        due = whole_minor
    return max(min(due, whole_minor) - taken_before, 0)


def fits_steps(part_minor: int, *, whole_minor: int, step: int) -> bool:
    """Whether a card can move a part: it is a multiple of the step, or all there is, which goes back to the last unit."""
    return part_minor == whole_minor or part_minor % step == 0
