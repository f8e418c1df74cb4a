from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class MailNotFound(DomainError):
    code = "mail_not_found"
    message = _("There is no such mail.")
    status = 404
