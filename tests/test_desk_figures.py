"""The figures of what was said and of what came of it, on both databases."""

from datetime import datetime, timedelta, timezone

from desk_parts import Clock

from desk import Desk
from desk.figures import DayFigures, EntryFigures
from desk.solved import ChatFigures, WaitFigures

FIRST = datetime(2026, 8, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)
EVER = (FIRST, FIRST + 30 * DAY)


def said(desk: Desk, conversation: str, outcome: str, client: str | None = None, text: str = "hola") -> int:
    return desk.record("chat", conversation, text, outcome=outcome, client=client, model="m1")


def asked(desk: Desk, conversation: str, kind: str = "reset_password") -> str:
    fields = {"email" if kind == "reset_password" else "contacto": f"{conversation.replace(' ', '-')}@example.com"}
    told = {"faq_id": "2.1", "theme": None, "conversation": conversation, "text": "hola"}
    return desk.submit(f"key-{conversation}-{kind}", kind, fields=fields, **told).number


def test_days_and_entries_are_counted_within_their_bounds(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST + DAY - timedelta(minutes=1)
    desk.record("chat", "c1", "hola", outcome="answer", faq_ids=["1.6"])
    clock.forward(timedelta(minutes=1))
    for outcome, ids in (("clarify", []), ("person", []), ("answer", ["1.6", "2.1"])):
        turn = desk.record("chat", "c1", "hola", outcome=outcome, faq_ids=ids)
    desk.feedback("c1", turn, helpful=True)
    desk.record("mail", "m1", "hola", outcome="out_of_scope")
    first, second, third = (FIRST + number * DAY for number in range(3))
    assert desk.days(second, third) == [
        DayFigures("2026-08-02", "chat", 1, 3, 1, 1, 0, 1, 1, 0),
        DayFigures("2026-08-02", "mail", 1, 1, 0, 0, 1, 0, 0, 0),
    ]
    assert desk.entries_given(first, third) == [EntryFigures("1.6", 2, 1, 0), EntryFigures("2.1", 1, 1, 0)]
    assert desk.days(third, third + DAY) == []


def test_themes_models_and_what_did_not_help_are_found(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST
    for model, theme in (("m2", "factura"), ("m1", "factura"), ("m1", "licencia"), (None, None)):
        turn = desk.record("chat", "c1", "hola", outcome="out_of_scope", theme=theme, model=model)
        clock.forward(DAY)
    desk.feedback("c1", turn, helpful=False, reason="no entiende")
    assert desk.themes_met(*EVER) == [("factura", 2), ("licencia", 1)]
    assert desk.models_used(*EVER) == [("m2", "2026-08-01"), ("m1", "2026-08-02")]
    assert [found.reason for found in desk.thumbed_down(*EVER)] == ["no entiende"]
    assert desk.thumbed_down(FIRST, FIRST + DAY) == []


def test_a_chat_is_solved_by_the_customers_word_or_by_an_action_after_which_nobody_returns(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST
    desk.feedback("yes", said(desk, "yes", "answer", "192.0.2.1"), helpful=True)
    said(desk, "silent", "answer", "192.0.2.2")
    for number, conversation in enumerate(("acted", "asks again", "comes back", "undone"), 3):
        said(desk, conversation, "answer", f"192.0.2.{number}")
        if conversation != "undone":
            desk.change_status(asked(desk, conversation), "done")
    clock.forward(timedelta(seconds=1))
    said(desk, "acted", "dialogue", "192.0.2.3")  # the turn that confirmed it is recorded after it
    clock.forward(timedelta(hours=71))
    said(desk, "asks again", "clarify", "192.0.2.4")
    clock.forward(timedelta(hours=2))
    said(desk, "acted", "answer", "192.0.2.3")  # too late to be a return
    assert desk.chats(FIRST, FIRST + DAY) == [ChatFigures("2026-08-01", 6, 3, 0)]
    said(desk, "another", "answer", "192.0.2.5")
    clock.now = FIRST + timedelta(hours=50)
    said(desk, "a third", "answer", "192.0.2.5")  # of the network of "comes back"
    clock.now = FIRST + 4 * DAY
    assert desk.chats(FIRST, FIRST + DAY) == [ChatFigures("2026-08-01", 6, 2, 0)]


def test_an_action_of_the_last_72_hours_has_solved_nothing_yet(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST
    said(desk, "acted", "answer")
    desk.change_status(asked(desk, "acted"), "done")
    clock.forward(timedelta(hours=71))
    assert [found.solved for found in desk.chats(*EVER)] == [0]
    clock.forward(timedelta(hours=2))
    assert [found.solved for found in desk.chats(*EVER)] == [1]


def test_who_asked_for_a_person_or_opened_a_ticket_was_handed_over_even_if_an_answer_helped(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST
    said(desk, "wants", "person")
    desk.feedback("opened", said(desk, "opened", "answer"), helpful=True)
    asked(desk, "opened", "open_ticket")
    assert desk.chats(*EVER) == [ChatFigures("2026-08-01", 2, 0, 2)]


def test_a_ticket_waits_until_its_first_answer_or_until_it_is_done(desk: Desk, clock: Clock) -> None:
    clock.now = FIRST
    quick, slow, done, waiting = (asked(desk, name, "open_ticket") for name in ("quick", "slow", "done", "waiting"))
    asked(desk, "action")
    for number, act in ((quick, desk.reply), (done, None), (slow, desk.reply)):
        clock.forward(timedelta(hours=1))
        act(number, "Ya está.") if act else desk.change_status(number, "done")
    clock.forward(DAY)
    desk.change_status(quick, "done")  # its answer counts, not this
    next_day = asked(desk, "next day", "open_ticket")
    assert desk.waits(*EVER) == [WaitFigures("2026-08-01", 4, 3, 7200), WaitFigures("2026-08-02", 1, 0, None)]
    assert desk.median_wait(*EVER) == 7200
    assert desk.median_wait(FIRST + DAY, FIRST + 2 * DAY) is None
    assert desk.request(waiting).answered_at is desk.request(next_day).answered_at is None
