"""Controls drawn by hand are what Django's own templates give, hostile values included."""

import html.parser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from core.widgets import PlainControls

HOSTILE = "\"><script>alert('1')</script> & 集市"


class Tags(html.parser.HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted(attrs, key=str)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


CONTROLS: list[forms.Widget] = [
    forms.TextInput({"class": "input", "required": True, "disabled": False, "data-x": HOSTILE}),
    forms.EmailInput(),
    forms.NumberInput({"min": 0}),
    forms.PasswordInput(),
    forms.HiddenInput(),
    forms.Select({"class": "select"}, choices=[("", "—"), (HOSTILE, HOSTILE), (3, "three")]),
    forms.Select(choices=[("group", [(1, "one"), (HOSTILE, HOSTILE)]), (3, "three")]),
    forms.Textarea(),
]


@pytest.mark.parametrize("value", [None, "", "3", HOSTILE, 3])
@pytest.mark.parametrize("widget", CONTROLS, ids=lambda widget: type(widget).__name__)
def test_a_control_reads_as_djangos_own(widget: forms.Widget, value: object) -> None:
    drawn = [Tags(widget.render("field", value, renderer=renderer)).found for renderer in (PlainControls(), DjangoTemplates())]

    assert drawn[0] == drawn[1]
