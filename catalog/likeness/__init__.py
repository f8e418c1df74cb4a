"""How alike pictures look: numbers made of a picture, an index to search them, and a proof that two pictures are one.

Knows neither products nor people. Brings numpy, which a web process must not load before somebody searches by a picture.
"""
