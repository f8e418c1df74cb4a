"""What each measure counts, and what to do about it, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from merchants.models import Measure

MEANINGS = {
    Measure.LATE: _("Of the orders that were due, those sent after their ship-by time or not at all."),
    Measure.CANCELLED: _("Of the orders that were due, those you cancelled before sending. What shoppers cancel does not count."),
    Measure.RETURNED: _(
        "Of the orders you sent, those about which a fault was reported: damaged, faulty, another article, not as described, incomplete."
    ),
    Measure.DISPUTED: _(
        "Of the orders you sent, those about which the shopper asked the marketplace to decide. Those you won do not count."
    ),
    Measure.TRACKED: _("Of the orders you sent, those whose tracking numbers look like a carrier's and belong to one order only."),
    Measure.ON_TIME: _("Of the orders that were promised, those that arrived by the last day of the promise."),
    Measure.RESPONSE: _("Half of the cases that shoppers opened were answered faster than this."),
    Measure.RATING: _("The average of the stars that buyers gave your goods."),
}
ADVICE = {
    Measure.LATE: _("Send the most urgent orders first, and give goods that take longer more handling days."),
    Measure.CANCELLED: _("Count your stock and correct it, so that nothing is sold that is not there."),
    Measure.RETURNED: _("Look at the reasons of these returns: pack better, check before sending, correct pictures and descriptions."),
    Measure.DISPUTED: _("Answer returns before shoppers lose patience; a fair offer is cheaper than a dispute."),
    Measure.TRACKED: _("Scan the numbers instead of typing them, and give every parcel its own."),
    Measure.ON_TIME: _("Hand parcels over earlier than at the last moment, or choose a faster carrier for places far away."),
    Measure.RESPONSE: _("Look at the returns inbox every morning; a short answer at once is better than a long one later."),
    Measure.RATING: _("Read the reviews with few stars, answer them, and put right what they have in common."),
}
