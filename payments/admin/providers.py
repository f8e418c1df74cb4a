"""Payment providers by the names people know, in lists."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.backoffice.display import column
from payments import gateways


def provider_column() -> Any:
    """A list column with the name of the row's gateway instead of its code."""
    return column(lambda self, row: gateways.label_of(row.gateway), _("provider"), ordering="gateway")
