"""A real shop, a real crowd and a real provider, of which something is killed every few seconds; afterwards the books must add up."""
