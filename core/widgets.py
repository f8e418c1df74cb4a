"""Form controls drawn without the template engine, which takes ten times as long for one tag of a form."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Widget = Mapping[str, Any]


class PlainControls(DjangoTemplates):
    """Django's own renderer, but for plain inputs and selects; widgets with templates of their own keep them."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        if draw is None or any(name for name, _, _ in context["widget"].get("optgroups", ())):
            return super().render(template_name, context, request)
        return draw(context["widget"])


def _input(widget: Widget) -> SafeString:
    value = {} if widget["value"] is None else {"value": widget["value"]}
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], flatatt(value), flatatt(widget["attrs"]))


def _select(widget: Widget) -> SafeString:
    options = [_option(option) for _, group, _ in widget["optgroups"] for option in group]
    drawn = format_html_join("", '<option value="{}"{}>{}</option>', options)
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), drawn)


def _option(option: Widget) -> tuple[Any, str, Any]:
    return option["value"], flatatt(option["attrs"]), option["label"]


_KINDS = ("text", "hidden", "email", "number", "password", "url", "tel", "search")
DRAWN: dict[str, Callable[[Widget], SafeString]] = {f"django/forms/widgets/{kind}.html": _input for kind in _KINDS}
DRAWN["django/forms/widgets/select.html"] = _select
