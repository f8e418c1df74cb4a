from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.bare.models import Item, Shelf


def shelf(request: HttpRequest, pk: int) -> HttpResponse:
    found = Shelf.objects.get(pk=pk)
    items = Item.objects.filter(shelf=found).order_by("price_minor")[:24]
    count = Item.objects.filter(shelf=found).count()
    return render(request, "bare.html", {"shelf": found, "items": items, "count": count})


urlpatterns = [path("shelf/<int:pk>/", shelf)]
