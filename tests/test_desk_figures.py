"""The figures of what was said, on both databases."""

from datetime import datetime, timedelta, timezone

from desk_parts import Clock

from desk import Desk
from desk.figures import DayFigures


def test_days_and_entries_are_counted_within_their_bounds(desk: Desk, clock: Clock) -> None:
    clock.now = datetime(2026, 8, 1, 23, 59, tzinfo=timezone.utc)
    desk.record("chat", "c1", "hola", outcome="answer", faq_ids=["1.6"])
    clock.forward(timedelta(minutes=1))
    for outcome, ids in (("answer", ["1.6", "2.1"]), ("clarify", []), ("person", [])):
        turn = desk.record("chat", "c1", "hola", outcome=outcome, faq_ids=ids)
    desk.feedback("c1", turn.id, helpful=True)
    desk.record("mail", "m1", "hola", outcome="out_of_scope")
    first, second, third = (datetime(2026, 8, day, tzinfo=timezone.utc) for day in (1, 2, 3))
    assert desk.days(second, third) == [
        DayFigures("2026-08-02", "chat", 1, 3, 1, 1, 0, 1, 1, 0),
        DayFigures("2026-08-02", "mail", 1, 1, 0, 0, 1, 0, 0, 0),
    ]
    assert desk.entries_given(first, third) == [("1.6", 2), ("2.1", 1)]
    assert desk.days(third, third + timedelta(days=1)) == []
