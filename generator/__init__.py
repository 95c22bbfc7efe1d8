"""An explainability report of an image classifier, from one YAML file."""

__version__ = "0.1.0"
