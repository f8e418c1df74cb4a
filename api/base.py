from typing import Any, cast

from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import ApiClient, ApiKeyAuthentication, HasScope
from api.throttling import PerCallerThrottle, add_headers
from merchants.models import Merchant


class View(generics.GenericAPIView[Any]):
    """Base of all views: JSON in and out, throttled, errors as problem+json."""

    throttle_classes = [PerCallerThrottle]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _ = request.body  # read before DRF parses the stream, because `api.writes` fingerprints it
        super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answer: Response = add_headers(super().finalize_response(request, response, *args, **kwargs), request)
        return answer


class PublicView(View):
    """What anybody may read: published goods only, the same for every caller."""

    authentication_classes = []
    permission_classes = [AllowAny]


class MerchantView(View):
    """What one merchant may see and do. Closed unless the key has the scope named for the method."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope]
    scopes: dict[str, str] = {}

    @property
    def client(self) -> ApiClient:
        return cast("ApiClient", self.request.user)

    @property
    def merchant(self) -> Merchant:
        return self.client.merchant
