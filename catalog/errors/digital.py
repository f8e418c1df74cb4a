"""Refusals about files for download."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotDigital(DomainError):
    code = "not_digital"
    message = _("Only digital products have files.")


class DownloadFileRefused(DomainError):
    code = "download_file_refused"
    message = _("This kind of file is not taken, or its content is another than its name says. Taken are: %(kinds)s.")
    status = 422


class DownloadFileTooLarge(DomainError):
    code = "download_file_too_large"
    message = _("The file is empty or larger than %(most)s MB.")
    status = 413


class DownloadFilesTooMany(DomainError):
    code = "download_files_too_many"
    message = _("A product has at most %(most)s files.")


class DownloadTermsInvalid(DomainError):
    code = "download_terms_invalid"
    message = _("Downloads go from 1 to 1000, days of access from 1 to 3650.")
    status = 422


class DownloadLabelMissing(DomainError):
    code = "download_label_missing"
    message = _("Each file needs a label of 1 to 80 characters, and a version of at most 30.")
    status = 422


class DownloadFileNotFound(DomainError):
    code = "download_file_not_found"
    message = _("There is no such file.")
    status = 404
