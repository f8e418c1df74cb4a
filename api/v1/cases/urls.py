from django.urls import path

from api.v1.cases.views import CaseApproval, CaseDetail, CaseList, CaseMessages, CaseOffer, CaseReceipt, CaseRefusal, CaseShipment

urlpatterns = [
    path("cases/", CaseList.as_view()),
    path("cases/<uuid:pk>/", CaseDetail.as_view()),
    path("cases/<uuid:pk>/approve/", CaseApproval.as_view()),
    path("cases/<uuid:pk>/refuse/", CaseRefusal.as_view()),
    path("cases/<uuid:pk>/offer/", CaseOffer.as_view()),
    path("cases/<uuid:pk>/receive/", CaseReceipt.as_view()),
    path("cases/<uuid:pk>/ship/", CaseShipment.as_view()),
    path("cases/<uuid:pk>/messages/", CaseMessages.as_view()),
]
