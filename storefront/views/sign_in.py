"""allauth's pages under our addresses. Signing in takes the guest's cart and wishes along."""

from typing import Any

from allauth.account.views import LoginView, SignupView
from django.http import HttpRequest, HttpResponse

from orders.services import carts
from storefront.baskets import cart_token, forget_cart, member
from storefront.wishes import take_wishes_along


class TakesCartAlong:
    """After a success the cart and the wishes found by the guest's cookies join the member's."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # the mixin's other base has it
        user, token = member(self.request), cart_token(self.request)
        if user is not None and token is not None:
            carts.merge_carts(token=token, user=user)
            forget_cart(response)
        if user is not None:
            take_wishes_along(self.request, response, user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # as above
        response.status_code = 422
        return response


class SignInView(TakesCartAlong, LoginView):
    pass


class SignUpView(TakesCartAlong, SignupView):
    pass


sign_in = SignInView.as_view()
sign_up = SignUpView.as_view()
