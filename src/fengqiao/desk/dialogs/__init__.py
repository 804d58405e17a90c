"""Modal screens: each answers one question and is gone."""
