"""declared returns: when a boat said she would be back"""

from collections.abc import Sequence

import sqlalchemy as sa
import sqlmodel
import sqlmodel.sql.sqltypes
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "trip",
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("trip_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("mmsi", sa.BigInteger(), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("departs_ms", sa.BigInteger(), nullable=False),
        sa.Column("harbour", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("out_ms", sa.BigInteger(), nullable=False),
        sa.Column("declared_ms", sa.BigInteger(), nullable=False),
        sa.Column("declared_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("ended_why", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "trip_id", name=op.f("pk_trip")),
    )
    op.create_index(op.f("ix_trip_mmsi_due_ms"), "trip", ["mmsi", "due_ms"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_trip_mmsi_due_ms"), table_name="trip")
    op.drop_table("trip")
