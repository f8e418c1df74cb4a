from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core.names import translate_names


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        autodiscover_modules("handlers")
        translate_names()
