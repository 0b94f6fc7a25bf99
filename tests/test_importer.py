from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter
from ruamel.yaml import YAML

from bot.importer import OnceImporter

ROOT = Path(__file__).parent.parent
MESSAGES = [str(ROOT / "data" / "faq_es" / "dialogo")]


def test_messages_are_those_that_rasa_reads():
    read = OnceImporter(training_data_paths=MESSAGES).get_nlu_data("es")
    assert read.fingerprint() == RasaFileImporter(training_data_paths=MESSAGES).get_nlu_data("es").fingerprint()
    assert len(read.training_examples) > 100


def test_files_are_read_once(tmp_path):
    path = tmp_path / "nlu.yml"
    path.write_text('version: "3.1"\nnlu:\n- intent: faq/1.1\n  examples: |\n    - ¿para qué?\n', encoding="utf-8")
    importer = OnceImporter(training_data_paths=[str(path)])
    first = importer.get_nlu_data("es")
    path.unlink()
    assert importer.get_nlu_data() is first


def test_training_reads_by_it():
    config = YAML(typ="safe").load((ROOT / "config.yml").read_text(encoding="utf-8"))
    assert config["importers"] == [{"name": f"{OnceImporter.__module__}.{OnceImporter.__name__}"}]
