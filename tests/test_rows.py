"""What is learned from a message with marked parts."""

from bot.faq import Example, parts_of
from bot.needs import NOTHING, Clauses, read_runs
from bot.rows import of_parts, of_runs
from bot.text import Reader

READER, CUTTER = Reader({}, {}), Clauses(["y"])
MAIL = (
    "Buenos días desde el taller. La contraseña ya la tengo. [No me llega el correo de confirmación, y lo espero desde el lunes.]"
    "(necesidad:faq/1.6) Mi compañero sí entra. [También quisiera saber cuánto cuesta un equipo.](necesidad:fuera/precio) Adiós."
)


def runs_of(text: str) -> list[tuple[str, str]]:
    plain, parts = parts_of(text)
    clauses, texts = read_runs(plain, READER, CUTTER)
    return of_runs(Example(plain, "varias", "A", parts), clauses, texts, seed=1)


def test_a_run_is_learned_with_the_one_need_that_it_states_or_with_none() -> None:
    learned = runs_of(MAIL)
    assert {label for _, label in learned} == {"1.6", "fuera/precio", NOTHING}
    for text, label in learned:
        assert ("confirmacion" in text) == (label == "1.6")
        assert ("cuesta" in text) == (label == "fuera/precio")


def test_a_run_that_breaks_a_need_off_is_not_learned() -> None:
    assert not any(("confirmacion" in text) != ("lunes" in text) for text, _ in runs_of(MAIL))


def test_runs_of_a_message_without_marked_parts_are_not_learned() -> None:
    assert runs_of("Buenos días. No me llega el correo de confirmación. Un saludo.") == []


def test_the_same_runs_are_learned_each_time() -> None:
    assert runs_of(MAIL) == runs_of(MAIL)


def test_the_whole_is_learned_with_its_label_and_each_part_with_its_own() -> None:
    plain, parts = parts_of(MAIL)
    labels = [label for _, label in of_parts(Example(plain, "varias", "A", parts), READER)]
    assert labels == ["varias", NOTHING, "1.6", NOTHING, "fuera/precio", NOTHING]
