"""Demonstration data: the sample catalogue's pictures.

The data itself lies in the folder ``demo`` at the root of the repository;
this package only knows how to photograph it."""
