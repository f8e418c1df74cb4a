"""Refusals about pictures of products."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PictureNotFound(DomainError):
    code = "picture_not_found"
    message = _("This picture does not exist.")
    status = 404


class LastPicture(DomainError):
    code = "last_picture"
    message = _("Goods on sale need a picture. Add another one, and then take this one off.")
