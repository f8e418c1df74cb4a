"""How dates look where Django's own way does not suit: one folder per language."""
