from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.names import translate_names
from core.postgresql import tenancy


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        autodiscover_modules("handlers")
        translate_names()
        tenancy.listen()
