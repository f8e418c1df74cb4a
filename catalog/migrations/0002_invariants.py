from django.db import migrations

CARD = """
CREATE VIEW invariant_card AS
SELECT product.id AS product_id, product.slug, product.status, merchant.status AS merchant_status, card.is_visible,
       card.price_minor AS card_price_minor, variant.price_minor AS lowest_price_minor
FROM catalog_product product
JOIN merchants_merchant merchant ON merchant.id = product.merchant_id
JOIN LATERAL (
    SELECT count(*) AS on_sale, min(price_minor) AS price_minor FROM catalog_variant WHERE product_id = product.id AND is_active
) variant ON true
LEFT JOIN catalog_productcard card ON card.product_id = product.id
WHERE (
    coalesce(card.is_visible, false) <> (product.status = 'published' AND merchant.status = 'active' AND variant.on_sale > 0)
    OR (card.is_visible AND card.price_minor <> variant.price_minor)
    OR card.merchant_id <> product.merchant_id
)
-- Cards follow a merchant by an event, a moment later.
AND NOT EXISTS (
    SELECT FROM core_outboxevent event
    WHERE event.name = 'MerchantChanged' AND event.handled_at IS NULL AND event.payload ->> 'merchant_id' = product.merchant_id::text
)
"""

VARIANT_MERCHANT = """
CREATE VIEW invariant_variant_merchant AS
SELECT variant.id AS variant_id, variant.sku, variant.merchant_id, product.merchant_id AS product_merchant_id
FROM catalog_variant variant JOIN catalog_product product ON product.id = variant.product_id
WHERE variant.merchant_id <> product.merchant_id
"""

STARS = """
CREATE VIEW invariant_card_stars AS
SELECT card.product_id, card.slug, card.stars_sum, card.stars_count, coalesce(review.stars_sum, 0) AS reviews_sum,
       coalesce(review.stars_count, 0) AS reviews_count
FROM catalog_productcard card
LEFT JOIN (
    SELECT product_id, sum(stars) AS stars_sum, count(*) AS stars_count FROM catalog_review GROUP BY product_id
) review ON review.product_id = card.product_id
WHERE card.stars_sum <> coalesce(review.stars_sum, 0) OR card.stars_count <> coalesce(review.stars_count, 0)
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("core", "0001_initial"), ("merchants", "0001_initial")]

    operations = [
        migrations.RunSQL(CARD, "DROP VIEW invariant_card"),
        migrations.RunSQL(VARIANT_MERCHANT, "DROP VIEW invariant_variant_merchant"),
        migrations.RunSQL(STARS, "DROP VIEW invariant_card_stars"),
    ]
