"""What starts the processes: all on one machine with `python -m deploy`."""
