"""A fresh store: on SQLite, or on each database there is.

PostgreSQL takes part where FENGQIAO_TEST_PG names a database that may be emptied (postgresql://user@host/name).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fengqiao.store import Store, open_store
from fengqiao.store.connection import connect

POSTGRES = os.environ.get("FENGQIAO_TEST_PG", "")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param(
            "postgres", marks=pytest.mark.skipif(not POSTGRES, reason="FENGQIAO_TEST_PG names no PostgreSQL database")
        ),
    ]
)
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh store on SQLite, and on PostgreSQL where a server can be reached."""
    if request.param == "postgres":
        engine, _, _ = connect(POSTGRES)
        with engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        engine.dispose()
    with open_store(POSTGRES if request.param == "postgres" else tmp_path / "data") as opened:
        yield opened
