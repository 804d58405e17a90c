"""The history of the tables, one file a step; the same on SQLite and PostgreSQL."""
