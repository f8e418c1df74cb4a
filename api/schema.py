"""What the OpenAPI document says beyond what the views show: the errors every operation may give, and the one write header."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 characters; a repeat gets the first answer.",
)


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A key made under Settings → API keys in /merchant/."}


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail")}},
        },
    },
}
MEANINGS = {"400": "Not valid", "401": "No valid key", "403": "The key lacks the scope", "404": "Not found", "429": "Too many calls"}
WRITE_MEANINGS = {"409": "Not possible in this state", "422": "The Idempotency-Key belongs to another request"}


def add_problems(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """drf-spectacular post-processing hook: the error answers are the same everywhere, so they are written here once."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            private = bool(operation.get("security"))
            meanings = {code: text for code, text in MEANINGS.items() if private or code not in {"401", "403"}}
            for code, text in (meanings | (WRITE_MEANINGS if method != "get" else {})).items():
                content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
                operation["responses"].setdefault(code, {"description": text, "content": content})
    return result
