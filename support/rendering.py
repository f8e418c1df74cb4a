from __future__ import annotations

import re
from dataclasses import dataclass

from css_inline import CSSInliner
from django.template.loader import render_to_string

from support.content import Notice, language
from support.links import shop_url

# Mail clients drop most style sheets, so styles move into the tags; the dark palette stays in the head. Nothing is fetched.
_inliner = CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(notice: Notice) -> Rendered:
    """A notice as subject (one line, at most 200 characters), plain text and HTML in the active language."""
    context = {"notice": notice, "language": language(), "shop_url": shop_url()}
    return Rendered(
        subject=one_line(notice.subject),
        text=re.sub(r"\n{3,}", "\n\n", render_to_string("support/notice.txt", context)).strip() + "\n",
        html=_inliner.inline(render_to_string("support/notice.html", context)),
    )


def one_line(subject: str) -> str:
    """No line breaks, which would let a name add headers of its own."""
    return " ".join(subject.split())[:200]
