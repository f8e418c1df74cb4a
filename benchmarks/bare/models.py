from typing import ClassVar

from django.db import connection, models


class Shelf(models.Model):
    name = models.CharField(max_length=80)

    objects: ClassVar[models.Manager["Shelf"]] = models.Manager()

    class Meta:
        app_label = "bare"
        db_table = "bare_shelf"
        managed = False

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    title = models.CharField(max_length=200)
    price_minor = models.BigIntegerField()
    picture = models.CharField(max_length=200)

    objects: ClassVar[models.Manager["Item"]] = models.Manager()

    class Meta:
        app_label = "bare"
        db_table = "bare_item"
        managed = False

    def __str__(self) -> str:
        return self.title


SCHEMA = """
DROP TABLE IF EXISTS bare_item; DROP TABLE IF EXISTS bare_shelf;
CREATE TABLE bare_shelf (id bigserial PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE bare_item (id bigserial PRIMARY KEY, shelf_id bigint NOT NULL REFERENCES bare_shelf, title varchar(200) NOT NULL,
    price_minor bigint NOT NULL, picture varchar(200) NOT NULL);
INSERT INTO bare_shelf (name) SELECT 'Shelf ' || n FROM generate_series(1, 100) n;
INSERT INTO bare_item (shelf_id, title, price_minor, picture)
    SELECT 1 + n % 100, 'Item number ' || n || ' of the benchmark', 100 + n, 'products/' || n FROM generate_series(1, 10000) n;
CREATE INDEX bare_item_shelf ON bare_item (shelf_id, price_minor);
ANALYZE bare_shelf; ANALYZE bare_item;
"""


def create() -> None:
    """Make and fill the two tables anew."""
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
