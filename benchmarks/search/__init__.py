"""How good the search is: queries people type, with the products that answer them, and how well those come first."""
