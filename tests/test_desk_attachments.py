"""Files of customers at the desk: taken back, left by a crash, and swept away."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from desk_parts import Clock, environment, start_worker, submit, wait_until

from desk import Desk, UnknownAttachment
from desk.attachments import MOST, ORPHAN, PATIENCE, discard, sweep
from settings import ROOT, Settings

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(40)
# The file is on the disk once this call returns, and only then its record is committed.
KILLED_BEFORE_THE_COMMIT = """
import os, signal
from desk import Desk
from settings import from_env
os.fsync = lambda _file: os.kill(os.getpid(), signal.SIGKILL)
Desk(from_env()).attach("c1", "a.png", bytes.fromhex("%s"))
"""


def test_a_file_that_waits_can_be_taken_back_and_one_that_went_with_a_ticket_cannot(desk: Desk, settings: Settings) -> None:
    kept, other = desk.attach("c1", "a.png", PNG), desk.attach("c1", "b.png", PNG)
    with pytest.raises(UnknownAttachment):
        desk.detach("c2", kept.id)
    desk.detach("c1", kept.id)
    assert [file.name for file in desk.attached("c1")] == ["b.png"]
    assert [path.name for path in settings.attachments_dir.iterdir()] == [other.file]
    request = submit(desk)
    for attachment in (kept, other):
        with pytest.raises(UnknownAttachment):
            desk.detach("c1", attachment.id)
    [went] = desk.attached("c1")
    assert (went.request_id, (settings.attachments_dir / other.file).exists()) == (request.id, True)


def test_a_file_is_still_there_where_its_record_stays(desk: Desk, settings: Settings, clock: Clock) -> None:
    for _ in range(MOST):
        desk.attach("c1", "a.png", PNG)
    with pytest.raises(RuntimeError), desk._database.writing() as session:
        assert discard(session, settings.attachments_dir) == MOST
        raise RuntimeError
    assert {path.name for path in settings.attachments_dir.iterdir()} == {file.file for file in desk.attached("c1")}


def test_the_worker_deletes_old_files_that_no_record_names_and_no_request_took(
    desk: Desk, settings: Settings, clock: Clock
) -> None:
    taken, waiting = desk.attach("c1", "a.png", PNG), desk.attach("c2", "b.png", PNG)
    submit(desk)
    folder = settings.attachments_dir
    orphan, foreign = folder / f"{0:032x}.png", folder / "LEAME.txt"
    for path in (orphan, foreign):
        path.write_bytes(PNG)
    sweep(desk._database, folder, clock())
    assert orphan.exists()  # it may be on its way
    clock.forward(ORPHAN + timedelta(minutes=1))
    sweep(desk._database, folder, clock())
    assert {path.name for path in folder.iterdir()} == {taken.file, waiting.file, foreign.name}
    clock.forward(PATIENCE)
    sweep(desk._database, folder, clock())
    assert {path.name for path in folder.iterdir()} == {taken.file, foreign.name}


def test_the_file_of_a_process_that_was_killed_before_the_commit_is_deleted_by_the_worker(desk: Desk, settings: Settings) -> None:
    code = KILLED_BEFORE_THE_COMMIT % PNG.hex()
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment(settings), check=False)
    assert killed.returncode == -signal.SIGKILL
    [left] = settings.attachments_dir.iterdir()
    assert desk.attached("c1") == []
    long_ago = left.stat().st_mtime - ORPHAN.total_seconds() - 60
    os.utime(left, (long_ago, long_ago))
    with start_worker(settings) as worker:
        wait_until(lambda: not left.exists())
        worker.kill()
