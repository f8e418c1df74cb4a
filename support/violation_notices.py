"""What merchants and the operator read about broken rules; each is called while the reader's language is active."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from merchants.admin.scorecard_display import found_in_words
from merchants.models import Violation
from payments.models import Penalty
from support.content import Notice, Row, moment, money
from support.links import deposit_url, merchant_violation_url, operator_url


def opened(row: Violation) -> Notice:
    """A rule is broken, and what one can do."""
    until = moment(row.appeal_by or row.created_at)
    return Notice(
        kind="violation_opened",
        subject=_("Your shop has broken a rule: %(rule)s") % {"rule": row},
        heading=_("Your shop has broken a rule of the marketplace."),
        lead=[
            *([row.reason] if row.reason else []),
            *([found_in_words(row)] if row.found_of else []),
            _("If you think that it is not so, say why by %(when)s. You can do this once.") % {"when": until},
        ],
        button=_("Look at it"),
        url=merchant_violation_url(row.pk),
        facts=_facts(row),
    )


def upheld(row: Violation) -> Notice:
    """The appeal did not help."""
    return Notice(
        kind="violation_upheld",
        subject=_("Your appeal was rejected: %(rule)s") % {"rule": row},
        heading=_("We have read your appeal. The points stay."),
        lead=[row.decision],
        button=_("Look at it"),
        url=merchant_violation_url(row.pk),
        facts=_facts(row),
    )


def lifted(row: Violation) -> Notice:
    """The points are gone."""
    return Notice(
        kind="violation_lifted",
        subject=_("The points were taken back: %(rule)s") % {"rule": row},
        heading=_("The points for this rule do not count any more."),
        lead=[row.decision],
        button=_("Look at it"),
        url=merchant_violation_url(row.pk),
        facts=_facts(row),
    )


def appealed(row: Violation) -> Notice:
    """To the operator: somebody has to decide."""
    return Notice(
        kind="operator_violation_appealed",
        subject=_("%(shop)s appeals: %(rule)s") % {"shop": row.merchant.text("name"), "rule": row},
        heading=_("An appeal waits for your decision."),
        lead=[row.appeal],
        button=_("Decide"),
        url=operator_url("merchants_violation", row.pk),
        facts=[Row(_("Shop"), row.merchant.text("name")), *_facts(row)],
    )


def penalty_moved(penalty: Penalty) -> Notice:
    """The money was taken, or is back."""
    row, is_back = penalty.violation, penalty.returned_at is not None
    amount = money(penalty.amount_minor, penalty.currency)
    return Notice(
        kind="penalty_returned" if is_back else "penalty_taken",
        subject=(_("A penalty is given back: %(rule)s") if is_back else _("A penalty was taken: %(rule)s")) % {"rule": row},
        heading=_("Your penalty is back.") if is_back else _("A penalty was taken."),
        lead=[
            _("The violation was lifted, so %(amount)s is yours again.") % {"amount": amount}
            if is_back
            else _("The time to appeal is over or your appeal was rejected, so %(amount)s was taken.") % {"amount": amount},
            *(
                [_("%(part)s of it from your deposit.") % {"part": money(penalty.deposit_minor, penalty.currency)}]
                if penalty.deposit_minor and not is_back
                else []
            ),
        ],
        button=_("See your deposit"),
        url=deposit_url(),
        facts=_facts(row),
    )


def _facts(row: Violation) -> list[Row]:
    penalty = [Row(_("Penalty"), money(row.penalty_minor, settings.CURRENCY))] if row.penalty_minor else []
    return [Row(_("Rule"), str(row)), Row(pgettext("violation", "Points"), str(row.points)), *penalty]
