"""What merchants and the operator read about broken rules; each is called while the reader's language is active."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from merchants.admin.scorecard_display import found_in_words
from merchants.models import Violation
from support.content import Notice, Row, moment
from support.links import merchant_violation_url, operator_url


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


def _facts(row: Violation) -> list[Row]:
    return [Row(_("Rule"), str(row)), Row(pgettext("violation", "Points"), str(row.points))]
