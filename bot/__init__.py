"""What understands: the knowledge in `data/`, the model over it, and the only code that imports rasa."""
