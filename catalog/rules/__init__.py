"""Pure decisions of the catalogue: tokens of search, slugs, and how options and variants fit together."""
