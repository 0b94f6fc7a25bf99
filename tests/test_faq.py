import re
import shutil
from pathlib import Path

import pytest
from rasa.shared.data import get_data_files, is_nlu_file
from rasa.shared.importers.utils import training_data_from_paths

from bot import faq
from bot.faq import Faq, FaqError, Part, load
from bot.nlu import examples_of

DATA = Path(__file__).parent.parent / "data" / "faq_es"
WORDS = ("uno", "dos", "tres", "cuatro", "cinco")
EXAMPLES = "nlu:\n- intent: faq/{id}\n  metadata: {{author: A}}\n  examples: |\n" + "".join(
    f"    - {word} {{id}}\n" for word in WORDS
)
ENTRY = 'version: "3.1"\nid: "{id}"\npregunta: ¿Qué?\nresponses:\n  utter_faq/{id}:\n  - text: Esto.\n' + EXAMPLES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "3.1.yml").write_text(ENTRY.format(id="3.1"))
    return tmp_path


@pytest.fixture(scope="module")
def knowledge() -> Faq:
    return load(DATA)


def test_the_folder_holds_the_sixteen_entries_in_the_customers_order(knowledge: Faq) -> None:
    assert list(knowledge.entries) == [*(f"1.{n}" for n in range(1, 10)), *(f"2.{n}" for n in range(1, 8))]


def test_an_answer_is_the_customers_text_with_its_line_breaks(knowledge: Faq) -> None:
    assert knowledge.entries["1.4"].answer == (
        "Encontrará su número de serie (6 dígitos, formato: AB123Z) en la placa de características de su dispositivo."
    )
    assert knowledge.entries["1.3"].answer.count("\n• ") == 3


def test_where_the_answer_says_to_write_a_mail_there_is_another_one_for_mails(knowledge: Faq) -> None:
    entries = knowledge.entries.values()
    assert [entry.id for entry in entries if entry.mail] == [entry.id for entry in entries if "@" in entry.answer]
    assert not [entry.id for entry in entries if "@" in (entry.mail or "")]


def test_every_example_names_its_author(knowledge: Faq) -> None:
    assert {example.author for example in knowledge.examples} >= {"B0", "B9", "N1", "M1"}
    assert all(example.author for example in knowledge.examples)


def test_rasa_reads_the_same_examples(knowledge: Faq) -> None:
    files = get_data_files([str(DATA)], is_nlu_file)
    rasa = {(e.text, e.label, e.author, e.parts) for e in examples_of(training_data_from_paths(files, "es"))}
    assert rasa == {(e.text, e.label, e.author, e.parts) for e in knowledge.examples}


def test_a_marked_span_is_a_part_with_its_label() -> None:
    text, parts = faq.parts_of("Hola. [No me llega.](necesidad:faq/1.6) [¿Y la factura?](necesidad:fuera/factura_pago)")
    assert text == "Hola. No me llega. ¿Y la factura?"
    assert parts == (
        Part("Hola. ", None),
        Part("No me llega.", "1.6"),
        Part(" ", None),
        Part("¿Y la factura?", "fuera/factura_pago"),
    )


def test_a_new_file_is_a_new_entry(folder: Path) -> None:
    (folder / "3.2.yml").write_text(ENTRY.format(id="3.2") + "accion: open_ticket\npide: [contacto]\n")
    assert load(folder).entries["3.2"].action == "open_ticket"


@pytest.mark.parametrize(
    ("change", "line", "reason"),
    [
        (('id: "3.1"', "id: 3.1"), 2, "no FAQ number"),
        (("pregunta: ¿Qué?\n", ""), 2, "no question"),
        (("  - text: Esto.", "  - text: ''"), 2, "no answer"),
        (("pregunta:", "accion: bailar\npregunta:"), 3, "unknown action 'bailar'"),
        (("pregunta:", "pide: [color]\npregunta:"), 3, "unknown field 'color'"),
        (("pregunta:", "correo: ''\npregunta:"), 3, "under `correo:` the text that mails are answered"),
        (("intent: faq/3.1", "intent: faq/3.9"), 8, "in the file of '3.1'"),
        (("    - dos 3.1", "    dos 3.1"), 12, "after `- `"),
        (("pregunta: ¿Qué?", "pregunta: ¿Qué?\n  mal: ["), 4, "is not YAML"),
    ],
)
def test_a_broken_file_is_refused_by_name_line_and_reason(folder: Path, change: tuple[str, str], line: int, reason: str) -> None:
    path = folder / "3.1.yml"
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(FaqError, match=rf"3\.1\.yml:{line}: .*{re.escape(reason)}"):
        load(folder)


def test_an_id_in_two_files_is_refused(folder: Path) -> None:
    shutil.copy(folder / "3.1.yml", folder / "copy.yml")
    with pytest.raises(FaqError, match=r"copy\.yml:2: the id '3\.1' is taken"):
        load(folder)


def test_one_message_under_two_labels_is_refused(folder: Path) -> None:
    (folder / "3.2.yml").write_text(ENTRY.format(id="3.2").replace("uno 3.2", "UNO  3.1"))
    with pytest.raises(FaqError, match=r"3\.2\.yml:11: the same message is under '3\.1'"):
        load(folder)


def test_an_entry_without_examples_is_refused(folder: Path) -> None:
    path = folder / "3.1.yml"
    path.write_text(path.read_text().partition("nlu:")[0])
    with pytest.raises(FaqError, match=r"3\.1\.yml:1: has no examples"):
        load(folder)


def test_a_label_with_too_few_messages_is_refused(folder: Path) -> None:
    path = folder / "3.1.yml"
    path.write_text(path.read_text().replace("    - cinco 3.1\n", ""))
    with pytest.raises(FaqError, match=r"label '3\.1' has 4 messages"):
        load(folder)


@pytest.mark.parametrize("content", ["", "- a list", "\xff"])
def test_a_file_that_is_no_mapping_is_refused(folder: Path, content: str) -> None:
    (folder / "x.yml").write_bytes(content.encode("latin-1"))
    with pytest.raises(FaqError, match=r"x\.yml:1: "):
        load(folder)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FaqError, match="holds no FAQ entry"):
        load(tmp_path)
