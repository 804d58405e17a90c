"""Widgets that know nothing of the desk: given values, they draw."""
