from django.urls import path

from api.v1.reviews.views import ProductReviewList, ReviewList, ReviewReply

urlpatterns = [
    path("products/<slug:slug>/reviews/", ProductReviewList.as_view()),
    path("reviews/", ReviewList.as_view()),
    path("reviews/<uuid:pk>/reply/", ReviewReply.as_view()),
]
