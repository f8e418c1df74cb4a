"""Amounts that cards can move: in some currencies only multiples of a step."""

from django.utils.translation import get_language

from core.money import Money, charge_step
from payments.errors import AmountNotInSteps
from payments.rules import fits_steps


def refuse_odd(part_minor: int, *, whole_minor: int, currency: str) -> None:
    """Raises AmountNotInSteps, naming the step in the reader's language, for a part that no card could be charged or refunded."""
    step = charge_step(currency)
    if not fits_steps(part_minor, whole_minor=whole_minor, step=step):
        raise AmountNotInSteps(step=Money(step, currency).format(get_language() or "en"))
