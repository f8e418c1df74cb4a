"""The remembering tags draw what Django's own draw, in every language and as a variable too."""

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.urls import NoReverseMatch, set_script_prefix
from django.utils.translation import override


def drawn(text: str, **context: object) -> str:
    return Template("" + text).render(Context(context))


def test_a_text_follows_the_language_each_time() -> None:
    template = Template('{% translate "Cart" %}|{% translate "Cart" as word %}{{ word }}|{% trans "100% sure" %}')

    for _ in range(2):
        assert template.render(Context()) == "Cart|Cart|100% sure"
        with override("zh-hans"):
            assert template.render(Context()) == "购物车|购物车|100% sure"


def test_what_is_no_constant_is_translated_as_before() -> None:
    template = Template("{% translate word %}|{% translate 'Cart'|upper %}|{% translate 'Cart' noop %}")

    with override("zh-hans"):
        assert template.render(Context({"word": "Cart"})) == "购物车|购物车|Cart"
        assert template.render(Context({"word": "<b>"})) == "&lt;b&gt;|购物车|Cart"


def test_the_same_text_in_two_contexts_stays_apart() -> None:
    with override("zh-hans"):
        assert drawn('{% translate "Delivery" context "amount" %}') == drawn('{% translate "Delivery" context amount %}', amount="amount")


def test_an_address_follows_the_prefix_of_the_site() -> None:
    template = Template("{% url 'cart' %}|{% url 'cart' as address %}{{ address }}")

    assert template.render(Context()) == template.render(Context()) == "/cart/|/cart/"
    set_script_prefix("/market/")
    try:
        assert template.render(Context()) == "/market/cart/|/market/cart/"
    finally:
        set_script_prefix("/")


def test_addresses_with_arguments_and_of_applications_are_made_each_time() -> None:
    template = Template("{% url 'product' slug %}|{% url 'admin:index' %}|{% url name %}")

    assert template.render(Context({"slug": "lamp", "name": "cart"})) == "/p/lamp/|/admin/|/cart/"
    assert template.render(Context({"slug": "cup", "name": "checkout"})) == "/p/cup/|/admin/|/checkout/"


def test_an_address_that_does_not_exist_is_an_error_and_an_empty_variable() -> None:
    assert drawn("{% url 'nowhere' as address %}[{{ address }}]") == "[]"
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'nowhere' %}")


def test_a_tag_without_a_text_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn("{% translate %}")
