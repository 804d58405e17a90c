"""names over the years: what each station said it was, and when first and last"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "said",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mmsi", sa.BigInteger(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("callsign", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("imo", sa.BigInteger(), nullable=False),
        sa.Column("ship_type", sa.Integer(), nullable=False),
        sa.Column("length_m", sa.Integer(), nullable=False),
        sa.Column("width_m", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "run_id", "mmsi", "name", "callsign", "imo", "ship_type", "length_m", "width_m", name=op.f("pk_said")
        ),
    )
    op.create_index(op.f("ix_said_mmsi_first_ms"), "said", ["mmsi", "first_ms"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_said_mmsi_first_ms"), table_name="said")
    op.drop_table("said")
