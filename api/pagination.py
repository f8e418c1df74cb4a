"""Keyset pages: a signed cursor, so that page 10,000 costs what page 1 costs and nobody crafts a position."""

from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, pagination
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

SALT = "api.cursor"


class SignedCursorPagination(pagination.CursorPagination):
    """`?limit=` (at most 100) and `?cursor=`; the answer carries next, previous and results, and a Link header."""

    page_size = 24
    page_size_query_param = "limit"
    max_page_size = 100
    invalid_cursor_message = _("This cursor is not valid.")  # type: ignore[assignment]  # translated when it is shown

    def encode_cursor(self, cursor: Any) -> str:
        value = signing.dumps([cursor.offset, cursor.reverse, cursor.position], salt=SALT)
        return str(replace_query_param(self.base_url or "", self.cursor_query_param, value))

    def decode_cursor(self, request: Any) -> Any:
        encoded = request.query_params.get(self.cursor_query_param)
        if encoded is None:
            return None
        try:
            offset, reverse, position = signing.loads(encoded, salt=SALT)
        except (signing.BadSignature, ValueError) as error:
            raise exceptions.ParseError(self.invalid_cursor_message) from error
        return pagination.Cursor(offset=offset, reverse=reverse, position=position)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        links = [f'<{url}>; rel="{rel}"' for rel in ("next", "previous") if (url := response.data[rel])]
        if links:
            response["Link"] = ", ".join(links)
        return response
