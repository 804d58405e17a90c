"""Shared by all tests: puts this folder on the path, so that ``builders`` can be imported."""
