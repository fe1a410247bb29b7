"""What may be written in YAML: frozen models, and the way from text to model with each error at its line."""
