"""What understands: the knowledge in `data/`, the model over it, and the only code that imports rasa."""

import os

# spaCy brings in TensorFlow, which tells everyone who starts it about the machine.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
