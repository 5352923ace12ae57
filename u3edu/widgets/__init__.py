"""What a notebook shows: the painter, the comparison, a series in progress, and plain figures."""

from u3edu.widgets.compare import Compare
from u3edu.widgets.compare_stages import CompareStages
from u3edu.widgets.figures import show_label_map, show_slices
from u3edu.widgets.painter import Painter
from u3edu.widgets.series_progress import segment_with_progress

__all__ = ["Compare", "CompareStages", "Painter", "segment_with_progress", "show_label_map", "show_slices"]
