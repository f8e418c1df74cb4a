"""Names of apps, models and columns that the code leaves to Django, in the reader's language; the back offices show them."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

NAMES = frozenset(
    {
        _("Accounts"),
        _("Catalog"),
        _("Core"),
        _("Logistics"),
        _("Loyalty"),
        _("Merchants"),
        _("Orders"),
        _("Payments"),
        _("Recommend"),
        _("Support"),
        _("actor"),
        _("alt"),
        _("at"),
        _("attempts"),
        _("author"),
        _("created at"),
        _("currency"),
        _("dead at"),
        _("delta"),
        _("description"),
        _("earned"),
        _("expires at"),
        _("failure code"),
        _("finished at"),
        _("gateway"),
        _("handled at"),
        _("handler"),
        _("job"),
        _("jobs"),
        _("kind"),
        _("language"),
        _("last error"),
        _("made by"),
        _("merchant"),
        _("name"),
        _("next poll at"),
        _("next try at"),
        _("note"),
        _("object id"),
        _("outbox event"),
        _("outbox events"),
        _("outbox receipt"),
        _("outbox receipts"),
        _("paid at"),
        _("placed at"),
        _("points entry"),
        _("points entrys"),
        _("points lot"),
        _("points lots"),
        _("polls"),
        _("product"),
        _("provider event id"),
        _("provider id"),
        _("quantity"),
        _("remaining"),
        _("reverses"),
        _("rule"),
        _("seen at"),
        _("shipment line"),
        _("shipment lines"),
        _("sent at"),
        _("settled at"),
        _("started at"),
        _("status"),
        _("subject"),
        _("text"),
        _("to"),
        _("updated at"),
        _("user"),
        _("warehouse"),
    }
)


def translate_names() -> None:
    """Make the names that are plain text lazy translations. Migrations do not see it: they record only names given by hand."""
    for config in apps.get_app_configs():
        _translate(config, "verbose_name")
        for model in config.get_models():
            if isinstance(model._meta.verbose_name, str):
                model._meta.verbose_name_plural = str(model._meta.verbose_name_plural)  # Django's own "…s" is made each time it is read
            _translate(model._meta, "verbose_name_plural")
            _translate(model._meta, "verbose_name")
            for field in model._meta.fields:
                _translate(field, "verbose_name")


def _translate(named: Any, attribute: str) -> None:
    name = getattr(named, attribute)
    if isinstance(name, str) and name in NAMES:  # what is translated already is no str
        setattr(named, attribute, gettext_lazy(name))
