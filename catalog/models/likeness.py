"""What the pictures look like, in numbers."""

from __future__ import annotations

from django.db import models

from catalog.models.pictures import Picture


class PictureFeatures(models.Model):
    """The features of a picture by one embedder: six vectors of 192 bytes, and their signs, by which the index finds it.

    Made from the pixels and made anew whenever another embedder is chosen, so losing them loses nothing.
    """

    picture = models.OneToOneField(Picture, on_delete=models.CASCADE, primary_key=True, related_name="features")
    embedder = models.CharField(max_length=12)
    vectors = models.BinaryField()
    codes = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["embedder", "made_at"], name="features_newest")]

    def __str__(self) -> str:
        return str(self.picture_id)
