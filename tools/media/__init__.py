"""Makes lesson videos, posters and captions from the `script.yaml` beside each lesson's media."""
