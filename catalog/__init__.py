"""What is sold: categories, brands, products with variants, pictures, ratings, and the one denormalised row per product.

Lists and search read only that row (ProductCard); upper apps write stock, sales and ratings into it through services.
Does not own quantities (logistics) or orders.
"""
