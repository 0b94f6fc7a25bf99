"""Runs the migrations on the connection that `desk.database` hands over, in the transaction that it began."""

import logging

from alembic import context

logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)  # every process would say that all is as it was
context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
