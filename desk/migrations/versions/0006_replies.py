"""Replies to mails in the outbox, and what limits them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A delivery is owed for a request or for a mail; SQLite can only change that in a copy of the table."""
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.alter_column("request_id", existing_type=sa.Integer, nullable=True)
        outbox.add_column(sa.Column("mail_id", sa.Integer, sa.ForeignKey("mails.id", name="outbox_mail")))
        outbox.create_index("ix_outbox_mail_id", ["mail_id"])
    op.add_column("mails", sa.Column("thread", sa.String))
    op.add_column("mails", sa.Column("failure", sa.String))
