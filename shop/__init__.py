"""The composition root: settings, URLs, Celery, WSGI and the commands that run the whole house.

Owns the wiring, the embedded servers, the supervisor behind `manage.py up` and the demo loader.
Owns no models and no business rules; nothing imports it.
"""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
