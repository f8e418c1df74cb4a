from django.db import migrations, models

# Every row keeps its own result, so what is counted as numbers is what is kept as texts. The collation only decides how texts are compared.
CODES = """
CREATE FUNCTION catalog_facet_codes(facets text[]) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(int8send(hashtextextended(facet COLLATE "C", 0)), ''::bytea ORDER BY place), ''::bytea)
    FROM unnest(facets) WITH ORDINALITY AS told (facet, place)
$$
"""

# Weighing what a search finds reads each search document twice: rows of up to half a page keep theirs beside them.
INLINE = "ALTER TABLE catalog_productcard SET (toast_tuple_target = 4080)"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_bundles")]

    operations = [
        migrations.RunSQL(CODES, "DROP FUNCTION catalog_facet_codes(text[])"),
        migrations.RunSQL(INLINE, "ALTER TABLE catalog_productcard RESET (toast_tuple_target)"),
        migrations.AddField(
            model_name="productcard",
            name="facet_codes",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(models.F("facets"), function="catalog_facet_codes"),
                output_field=models.BinaryField(),
            ),
        ),
    ]
