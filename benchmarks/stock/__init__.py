"""A storm over the shelves: stock movements by the hundred thousand and parallel allocations, through the shop's own services."""
