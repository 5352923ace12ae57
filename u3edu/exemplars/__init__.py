"""Tissues to paint with that come with a model, and how they are made."""

from u3edu.exemplars.shipped import exemplar_path, shipped_exemplars

__all__ = ["exemplar_path", "shipped_exemplars"]
