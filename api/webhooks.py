"""Where payment providers tell us that something happened. The signature is the permission, so there is no CSRF token."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.errors import DomainError
from payments.services.inbox import receive_webhook


@csrf_exempt  # called by providers' servers, which have no session of ours; receive_webhook checks the signature
@require_POST
def receive(request: HttpRequest, gateway: str) -> HttpResponse:
    """200 once the message is stored (again for a repeat), 400 when the signature does not fit, 404 for no such gateway."""
    try:
        receive_webhook(gateway=gateway, headers=dict(request.headers), body=request.body, at=timezone.now())
    except DomainError as error:
        return JsonResponse({"code": error.code}, status=error.status)
    return HttpResponse(status=200)
