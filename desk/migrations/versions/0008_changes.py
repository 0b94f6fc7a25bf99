"""Changes of the FAQ that editors propose."""

import sqlalchemy as sa
from alembic import op

from desk.records import UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entry", sa.String, nullable=False),
        sa.Column("change", sa.JSON),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("replaces", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("entry", "replaces", name="changes_replaces"),
        sqlite_autoincrement=True,
    )
