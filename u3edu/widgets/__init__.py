"""What a notebook shows: the painter, the comparison, and plain figures."""

from u3edu.widgets.compare import Compare
from u3edu.widgets.compare_stages import CompareStages
from u3edu.widgets.figures import show_label_map, show_slices
from u3edu.widgets.painter import Painter

__all__ = ["Compare", "CompareStages", "Painter", "show_label_map", "show_slices"]
