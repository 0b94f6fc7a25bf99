"""The delivery worker: sends what is owed, again and again until it is taken or refused."""

import logging
import threading
from collections.abc import Callable

from desk.attachments import sweep
from desk.database import Database
from desk.errors import DeliveryError, DeskUnavailable
from desk.help_desk import help_desk
from desk.mail import Mailer
from desk.outbox import Outbox
from desk.portal import Portal
from desk.records import LANES, MAIL, PORTAL, TICKET, Clock, Delivery, utc_now
from settings import Settings

SWEEP = 600  # seconds between two looks for files that nobody owes any more
POLL = 0.5  # seconds: a customer waiting for the mail does not notice, and the database hardly does

logger = logging.getLogger(__name__)


class Worker:
    """One worker; any number may run on the same database."""

    def __init__(self, settings: Settings, clock: Clock = utc_now) -> None:
        """Open the database; portal and mail server are called only when something is due."""
        self._database = Database(settings)
        self._outbox = Outbox(settings, self._database, clock)
        self._folder = settings.attachments_dir
        self._clock = clock
        self._send = {
            PORTAL: Portal(settings).send,
            TICKET: help_desk(settings).send,
            MAIL: Mailer(settings).send,
        }
        self._stopping = threading.Event()

    def run(self) -> None:
        """Deliver until `stop` is called, in one thread for each lane: who hangs in one keeps nobody back in another."""
        lanes = [threading.Thread(target=self._run, args=(self._deliver_due, POLL, kind), daemon=True) for kind in LANES]
        lanes.append(threading.Thread(target=self._run, args=(self._sweep, SWEEP), daemon=True))
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()

    def _run(self, work: Callable[..., None], pause: float, *arguments: str) -> None:
        while not self._stopping.is_set():
            try:
                work(*arguments)
            except DeskUnavailable as error:  # in one line, for a database may be away all night
                logger.error("the database fails, the next round follows in %s s: %s", pause, error)
            except Exception:  # the edge of the process: what one delivery breaks must not keep back the others
                logger.exception("a round broke off, the next one follows in %s s", pause)
            self._stopping.wait(pause)

    def stop(self) -> None:
        """Make `run` and `deliver_due` return after the delivery in hand."""
        self._stopping.set()

    def deliver_due(self) -> None:
        """Try everything that is due, once each, lane by lane."""
        for kind in LANES:
            self._deliver_due(kind)

    def _deliver_due(self, kind: str) -> None:
        while not self._stopping.is_set() and (delivery := self._outbox.lease(kind)):
            self._deliver(delivery)

    def _sweep(self) -> None:
        sweep(self._database, self._folder, self._clock())

    def _deliver(self, delivery: Delivery) -> None:
        number, kind, attempt = delivery.number, delivery.kind, delivery.attempts
        try:
            self._send[kind](delivery)
        except DeliveryError as error:
            logger.warning("%s %s: attempt %s failed: %s", number, kind, attempt, type(error).__name__)
            self._outbox.failed(delivery, error)
        else:
            self._outbox.done(delivery)
            logger.info("%s %s: sent at attempt %s", number, kind, attempt)
