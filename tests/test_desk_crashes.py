"""The delivery worker, killed with SIGKILL at each of its steps: nothing is lost, and what is sent twice is counted.

A second copy can come only where the other side took the delivery and the worker could not record it any more.
"""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from desk_parts import EMAIL, Clock, MailServer, PortalServer, locked, owed, start_worker, submit, wait_until

from desk import Desk
from desk.deliver import POLL, Worker
from desk.outbox import LEASE
from settings import Settings

Process = subprocess.Popen[bytes]


@pytest.fixture
def process(settings: Settings, desk: Desk) -> Iterator[Process]:
    """A real worker that looks for what is due; it is killed at the end."""
    with start_worker(settings) as started:
        yield started
        started.kill()


@pytest.fixture
def afterwards(settings: Settings, clock: Clock, mail_server: MailServer, process: Process) -> Callable[[], None]:
    """Kills the worker; another one delivers before the lease ends, and once more after it."""

    def kill_and_deliver() -> None:
        process.kill()
        process.wait()
        mail_server.halt_at = ""
        worker = Worker(settings, clock)
        worker.deliver_due()
        clock.forward(LEASE + timedelta(minutes=1))
        worker.deliver_due()

    return kill_and_deliver


def copies(mail_server: MailServer) -> list[int]:
    """How many copies of each mail the server took."""
    return sorted(Counter(mail["Message-ID"] for mail in mail_server.mails).values())


def kill_at_the_lock(process: Process) -> None:
    """Kill a worker that wants to commit what the test keeps it from; it comes to the lock within a poll."""
    time.sleep(2 * POLL)
    process.kill()
    process.wait()


# Of PostgreSQL a worker may be stopped with a lock in its hands, for which the test would wait.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_killed_before_the_lease_is_committed(
    desk: Desk, settings: Settings, process: Process, mail_server: MailServer, afterwards: Callable[[], None]
) -> None:
    submit(desk, key="first")
    wait_until(lambda: not owed(desk))  # so it runs
    process.send_signal(signal.SIGSTOP)
    submit(desk)
    with locked(settings):
        process.send_signal(signal.SIGCONT)
        kill_at_the_lock(process)
    assert owed(desk) == [("ticket", "pending", 0)]
    afterwards()
    assert (copies(mail_server), owed(desk)) == ([1, 1], [])


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_killed_with_a_lease_before_data_and_before_the_250(
    desk: Desk, process: Process, mail_server: MailServer, afterwards: Callable[[], None], step: str
) -> None:
    mail_server.halt_at = step
    submit(desk)
    assert mail_server.halted.wait(20)
    assert owed(desk) == [("ticket", "pending", 1)]
    afterwards()
    assert (copies(mail_server), owed(desk)) == ([1], [])


def test_killed_between_the_250_and_the_commit_sends_a_second_copy_of_the_same_id(
    desk: Desk, process: Process, mail_server: MailServer, afterwards: Callable[[], None]
) -> None:
    mail_server.halt_at = "QUIT"
    submit(desk)
    assert mail_server.halted.wait(20)
    afterwards()
    assert (copies(mail_server), owed(desk)) == ([2], [])


def test_killed_in_the_commit_after_the_250(
    desk: Desk, settings: Settings, process: Process, mail_server: MailServer, afterwards: Callable[[], None]
) -> None:
    mail_server.halt_at = "DATA"
    submit(desk)
    assert mail_server.halted.wait(20)
    with locked(settings):
        mail_server.halt_at = ""
        wait_until(lambda: bool(mail_server.mails))
        kill_at_the_lock(process)
    afterwards()
    assert (copies(mail_server), owed(desk)) == ([2], [])


def test_killed_after_the_commit(desk: Desk, process: Process, mail_server: MailServer, afterwards: Callable[[], None]) -> None:
    submit(desk, contacto=EMAIL)
    wait_until(lambda: not owed(desk))
    afterwards()
    assert copies(mail_server) == [1, 1]


def test_killed_before_and_after_a_failure_is_recorded(
    desk: Desk, settings: Settings, process: Process, mail_server: MailServer, afterwards: Callable[[], None]
) -> None:
    mail_server.reply, mail_server.halt_at = "451 Later", "DATA"
    submit(desk)
    submit(desk, "reset_password", key="k2", email=EMAIL)
    assert mail_server.halted.wait(20)
    wait_until(lambda: len(owed(desk)) == 1)
    with locked(settings):
        mail_server.halt_at = ""
        kill_at_the_lock(process)
    assert owed(desk) == [("ticket", "pending", 1)]
    with start_worker(settings) as second:
        submit(desk, key="k3")
        wait_until(lambda: bool(desk.undelivered()[-1].last_error))
        second.kill()
    mail_server.reply = "250 OK"
    afterwards()
    assert (copies(mail_server), owed(desk)) == ([1, 1], [])


@pytest.mark.parametrize(
    ("answer", "left", "tickets"), [(200, [], []), (400, [("portal", "dead", 2)], [1])], ids=["taken", "refused"]
)
def test_killed_between_the_portals_answer_and_the_commit_calls_it_again(
    desk: Desk,
    settings: Settings,
    process: Process,
    portal: PortalServer,
    mail_server: MailServer,
    afterwards: Callable[[], None],
    answer: int,
    left: list[tuple[str, str, int]],
    tickets: list[int],
) -> None:
    portal.answer, portal.halting = answer, True
    submit(desk, "reset_password", email=EMAIL)
    assert portal.halted.wait(20)
    with locked(settings):
        portal.halting = False
        kill_at_the_lock(process)
    assert owed(desk) == [("portal", "pending", 1)]
    afterwards()
    assert (len(portal.calls), copies(mail_server), owed(desk)) == (2, tickets, left)
