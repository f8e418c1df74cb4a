"""What the warehouse floor refuses."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class InvalidBin(DomainError):
    """A bin that cannot be; `code` as it was typed."""

    code = "invalid_bin"
    message = _(
        "“%(bin)s” is no bin: it is an aisle, a rack and a level, such as A-03-2, with the zone before them where there are several."
    )
    status = 400


class InvalidGrid(DomainError):
    code = "invalid_grid"
    message = _("“%(text)s” says no aisles, racks or levels: write A-F, 1-12 or A, C, D.")
    status = 400


class TooManyBins(DomainError):
    code = "too_many_bins"
    message = _("A warehouse has at most %(most)s bins.")


class InvalidLayout(DomainError):
    code = "invalid_layout"
    message = _("Aisles and racks have a length, and cross aisles lie between the front and the back.")
    status = 400


class BinOutside(DomainError):
    code = "bin_outside"
    message = _("Bin %(bin)s would lie beyond the end of its aisle. Make the aisles longer first.")


class BinInUse(DomainError):
    code = "bin_in_use"
    message = _("Bin %(bin)s is still in use. Give what lies there another bin first.")


class BinListInvalid(DomainError):
    """A list of articles and bins with a line that does not work; nothing of it counts."""

    code = "bin_list_invalid"
    message = _("Line %(line)s does not work: %(text)s.")
    status = 422


class NothingToWave(DomainError):
    code = "nothing_to_wave"
    message = _("Nothing of order %(order)s waits in this warehouse.")


class InWave(DomainError):
    code = "in_wave"
    message = _("Order %(order)s is in wave %(wave)s already.")


class WaveTooLarge(DomainError):
    code = "wave_too_large"
    message = _("A wave has between 1 and %(most)s orders.")
    status = 422


class WaveEnded(DomainError):
    code = "wave_ended"
    message = _("This wave is not being picked any more.")


class WavePartlySent(DomainError):
    code = "wave_partly_sent"
    message = _("Parcels of this wave have left. Take its other orders out one by one instead.")


class NotInWave(DomainError):
    code = "not_in_wave"
    message = _("Wrong item: %(code)s is not in this wave.")
    status = 422


class AlreadyPicked(DomainError):
    code = "already_picked"
    message = _("All of %(code)s is picked.")


class MoreThanToPick(DomainError):
    code = "more_than_to_pick"
    message = _("Only %(most)s pieces of %(code)s are still to be picked.")


class ReasonMissing(DomainError):
    code = "short_reason_missing"
    message = _("Say why pieces are missing.")
    status = 422


class NotInTote(DomainError):
    code = "not_in_tote"
    message = _("Wrong item: %(code)s does not belong into this parcel.")
    status = 422


class SurplusInTote(DomainError):
    code = "surplus_in_tote"
    message = _("One too many: only %(due)s of %(code)s belong into this parcel.")
    status = 422


class ToteNotPicked(DomainError):
    code = "tote_not_picked"
    message = _("This order is still being picked.")


class ToteNotChecked(DomainError):
    code = "tote_not_checked"
    message = _("Check everything that is in the parcel first.")


class ToteEnded(DomainError):
    code = "tote_ended"
    message = _("This order is not in the wave any more.")
