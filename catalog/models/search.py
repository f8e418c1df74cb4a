"""What the search knows besides the products: words, words that mean the same, and what people have asked for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import Entity


class Term(models.Model):
    """A word of visible products with the number of products that have it: what a search may have meant.

    `deletions` are the word and all that is left of it when one letter is missing: two words share one exactly when a letter more, less,
    other or swapped makes one of the other (and sometimes when two do, so the finder counts). `pinyin` is how Chinese sounds, without
    tones, `initials` its first letters.
    """

    word = models.CharField(primary_key=True, max_length=40, db_collation="C")
    documents = models.PositiveIntegerField()
    deletions = ArrayField(models.CharField(max_length=40), default=list)
    pinyin = models.CharField(max_length=120, blank=True, db_collation="C")
    initials = models.CharField(max_length=40, blank=True, db_collation="C")

    class Meta:
        indexes = [
            GinIndex(fields=["deletions"], name="term_deletions"),
            models.Index(fields=["pinyin"], name="term_pinyin", condition=~models.Q(pinyin="")),
            models.Index(fields=["initials"], name="term_initials", condition=~models.Q(initials="")),
        ]

    def __str__(self) -> str:
        return self.word


class Synonym(Entity):
    """Words and phrases that mean the same to the search, as the operator wrote them."""

    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"), size=20)

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return ", ".join(self.words)


class AskedQuery(models.Model):
    """What people search for in a language and find something; `folded` is how the search reads it."""

    folded = models.CharField(max_length=100, db_collation="C")
    language = models.CharField(_("language"), max_length=10)
    text = models.CharField(_("search"), max_length=100)
    times = models.PositiveIntegerField(_("times"), default=0)
    results = models.PositiveIntegerField(_("results"), default=0)
    asked_on = models.DateField(_("last asked"))
    is_hidden = models.BooleanField(_("never suggested"), default=False)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        constraints = [models.UniqueConstraint(fields=["language", "folded"], name="asked_query")]

    def __str__(self) -> str:
        return self.text
