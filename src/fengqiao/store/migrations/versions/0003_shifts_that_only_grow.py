"""shifts that only grow: an end is a row of its own; the shift of the plan; acknowledged alarms found by index"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEX = "ix_alert_change_run_id_change_priority"
BEFORE = sa.table("shift", *(sa.column(n) for n in ("seq", "seat", "officer", "from_ms", "to_ms")))


def upgrade() -> None:
    rows = [dict(row) for row in op.get_bind().execute(sa.select(BEFORE).order_by(BEFORE.c.seq)).mappings()]
    op.drop_table("shift")
    shift = op.create_table(
        "shift",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("planned", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_seat"), "shift", ["seat"], unique=False)
    op.bulk_insert(shift, _with_ends(rows))
    op.create_index(op.f(INDEX), "alert_change", ["run_id", "change", "priority"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f(INDEX), table_name="alert_change")
    bind = op.get_bind()
    kept = sa.table("shift", *(sa.column(n) for n in ("seq", "seat", "officer", "from_ms")))
    rows = [dict(row) for row in bind.execute(sa.select(kept).order_by(kept.c.seq)).mappings()]
    op.drop_table("shift")
    shift = op.create_table(
        "shift",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seat", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("officer", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_shift")),
    )
    op.create_index(op.f("ix_shift_seat"), "shift", ["seat"], unique=False)
    op.bulk_insert(shift, _with_to_ms(rows))


def _with_ends(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row without its end, and a row of nobody where a seat was left before the next one sat down."""
    out: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        out.append({"seat": row["seat"], "officer": row["officer"], "from_ms": row["from_ms"], "planned": ""})
        follower = next((later for later in rows[i + 1 :] if later["seat"] == row["seat"]), None)
        if row["to_ms"] is not None and (follower is None or follower["from_ms"] != row["to_ms"]):
            out.append({"seat": row["seat"], "officer": "", "from_ms": row["to_ms"], "planned": ""})
    return out


def _with_to_ms(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ends = [next((b["from_ms"] for b in rows[i + 1 :] if b["seat"] == a["seat"]), None) for i, a in enumerate(rows)]
    return [
        {"seat": row["seat"], "officer": row["officer"], "from_ms": row["from_ms"], "to_ms": end}
        for row, end in zip(rows, ends, strict=True)
        if row["officer"]
    ]
