from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ResultsGone(DomainError):
    code = "results_gone"
    message = _("The results of this version were thrown away; train a new one.")
