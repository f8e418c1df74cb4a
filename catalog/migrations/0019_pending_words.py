from django.contrib.postgres.indexes import GinIndex
from django.db import migrations
from django.db.models import Q

WAIT = """
ALTER INDEX card_search SET (fastupdate = on, gin_pending_list_limit = 256);
ALTER INDEX card_facets SET (fastupdate = on, gin_pending_list_limit = 64);
"""
AT_ONCE = """
ALTER INDEX card_search RESET (gin_pending_list_limit);
ALTER INDEX card_facets RESET (gin_pending_list_limit);
ALTER INDEX card_search SET (fastupdate = off);
ALTER INDEX card_facets SET (fastupdate = off);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0018_imports")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(WAIT, AT_ONCE)],
            state_operations=[
                migrations.RemoveIndex("productcard", "card_search"),
                migrations.RemoveIndex("productcard", "card_facets"),
                migrations.AddIndex("productcard", GinIndex(fields=["search"], name="card_search", gin_pending_list_limit=256)),
                migrations.AddIndex(
                    "productcard",
                    GinIndex(fields=["facets"], name="card_facets", gin_pending_list_limit=64, condition=Q(is_visible=True)),
                ),
            ],
        )
    ]
