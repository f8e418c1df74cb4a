"""A large catalogue of plausible products that nobody sells, for measuring. The demo marketplace is another thing."""
