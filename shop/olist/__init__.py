"""The goods of a Brazilian marketplace (the public Olist data set) as shops, categories and products of ours. The data is not in here."""
