"""Where carriers tell us where parcels are. The signature is the permission, so there is no CSRF token."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from api.problems import CONTENT_TYPE, problem
from core.errors import DomainError
from logistics.services.carrier_inbox import MOST_BYTES, receive_carrier_message


@csrf_exempt  # called by carriers' servers, which have no session of ours; receive_carrier_message checks the signature
@require_POST
def receive(request: HttpRequest, code: str) -> HttpResponse:
    """200 once the message is stored (again for a repeat), 400 when signature or format do not fit, 404 for no such carrier, 413."""
    try:
        # One byte more than is taken says that there is more; the rest is never read.
        receive_carrier_message(code=code, headers=dict(request.headers), body=request.read(MOST_BYTES + 1), at=timezone.now())
    except DomainError as error:
        body = problem(error.status, error.code, str(error), request=request)
        return JsonResponse(body, status=error.status, content_type=CONTENT_TYPE)
    return HttpResponse(status=200)
