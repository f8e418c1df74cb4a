"""Engines outside the database that the catalogue may use, one module for each purpose, each behind a Protocol."""
