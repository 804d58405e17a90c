"""``python -m fengqiao.store.migrations "why"``: draft the next step from what the models have and it has not."""

import sys
from pathlib import Path

from alembic import command

from fengqiao.store.connection import alembic_config
from fengqiao.store.database import open_store
from fengqiao.store.folder import scratch_folder


def draft(why: str, folder: Path) -> None:
    with open_store(folder) as store, store.writing() as connection:
        config = alembic_config(connection)
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        known = len(list((Path(__file__).parent / "versions").glob("[0-9]*.py")))
        command.revision(config, why, autogenerate=True, rev_id=f"{known + 1:04d}")


if __name__ == "__main__":
    draft(sys.argv[1], scratch_folder("migration"))
