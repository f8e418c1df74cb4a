"""Refusals about downloads."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class DownloadNotFound(DomainError):
    code = "download_not_found"
    message = _("There is no such download.")
    status = 404


class DownloadMissing(DomainError):
    code = "download_missing"
    message = _("The file cannot be read at the moment. Nothing was counted; please try again later.")
    status = 503


class DownloadEnded(DomainError):
    code = "download_ended"
    message = _("This download has ended, because the order was cancelled, refunded or given back.")
    status = 403


class DownloadPaused(DomainError):
    code = "download_paused"
    message = _("You have asked to cancel this order. While that is open nothing of it can be downloaded.")
    status = 403


class DownloadsUsedUp(DomainError):
    code = "downloads_used_up"
    message = _("You have used all %(allowed)s downloads of this file. The shop can grant more: ask it.")
    status = 403


class DownloadTooLate(DomainError):
    code = "download_too_late"
    message = _("The time for this download is over. The shop can grant more: ask it.")
    status = 403


class DownloadGrantInvalid(DomainError):
    code = "download_grant_invalid"
    message = _("Grant 0 to 1000 downloads and 0 to 3650 days, one of them at least, with a reason.")
    status = 422


class AlreadyDownloaded(DomainError):
    code = "already_downloaded"
    message = _(
        "Digital goods of this order were downloaded, which ended the right to withdraw. If something is wrong with them, ask for a refund."
    )
