"""A fresh store: on SQLite, or on each database there is. PostgreSQL takes part wherever its server is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from fengqiao.store import Store, open_store
from fengqiao.store.connection import connect
from store.cluster import cluster, missing


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server of our own, one for each process that runs tests."""
    if reason := missing():
        pytest.skip(reason)
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh store on SQLite, and on PostgreSQL."""
    where = tmp_path / "data" if request.param == "sqlite" else emptied(request.getfixturevalue("postgres"))
    with open_store(where) as opened:
        yield opened


def emptied(url: str) -> str:
    engine, _, _ = connect(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()
    return url
