"""Django's `translate` and `url`, which remember what does not change: a constant text in a language, an address without arguments.

A page has a hundred of them, and looking one up again takes Django ten times as long as drawing it. Built into our templates
with the rest of Django's `i18n`; one that says `{% load i18n %}` gets Django's own.
"""

from collections.abc import Callable, Hashable
from typing import Any

from django import template
from django.template import Context, Node, defaulttags
from django.template.base import FilterExpression, Parser, Token, Variable
from django.templatetags import i18n
from django.urls import get_script_prefix, get_urlconf
from django.utils.translation import get_language

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Remembered(Node):
    """A node whose output, or the variable it sets, depends on what `key_of` finds in the context and nothing else."""

    child_nodelists = ()

    def __init__(self, node: Any, key_of: Callable[[Context], Hashable]) -> None:
        self.node, self.key_of = node, key_of
        self.known: dict[Hashable, Any] = {}

    def render(self, context: Context) -> Any:
        key = self.key_of(context)
        if key not in self.known:
            drawn = self.node.render(context)
            self.known[key] = context[self.node.asvar] if self.node.asvar else drawn
        if not self.node.asvar:
            return self.known[key]
        context[self.node.asvar] = self.known[key]
        return ""


def _text_key(context: Context) -> Hashable:
    return get_language(), context.autoescape


def _address_key(context: Context) -> Hashable:
    return get_urlconf(), get_script_prefix(), context.autoescape


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    constant = _constant(node.filter_expression)
    return Remembered(node, _text_key) if constant is not None and not node.message_context else node


@register.tag
def url(parser: Parser, token: Token) -> Node:
    node = defaulttags.url(parser, token)
    constant = _constant(node.view_name)
    # A name in a namespace may mean another address in each instance of the application.
    return Remembered(node, _address_key) if constant and ":" not in constant and not node.args and not node.kwargs else node


def _constant(expression: FilterExpression) -> str | None:
    """The text of an expression that is a literal and nothing more."""
    literal = expression.var.literal if isinstance(expression.var, Variable) else expression.var
    return literal if isinstance(literal, str) and not expression.filters else None
