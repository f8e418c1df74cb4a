from django.urls import path

from api.v1.payouts.views import PayoutList, StatementDetail

urlpatterns = [
    path("payouts/", PayoutList.as_view()),
    path("payout-statements/<uuid:pk>/", StatementDetail.as_view()),
]
