"""Random edit operations for property tests."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from u3edu.editing import BrushStroke, Fill

near = st.floats(-5, 30, allow_nan=False)
strokes = st.builds(
    BrushStroke,
    element=st.integers(0, 2),
    points=st.lists(st.tuples(near, near), min_size=1, max_size=3),
    diameter=st.floats(0.5, 8),
)
fills = st.builds(
    Fill,
    element=st.integers(0, 2),
    seed=st.tuples(st.integers(0, 19), st.integers(0, 23)),
    contiguous=st.booleans(),
)
operations = st.lists(strokes | fills, max_size=6)
# The label map of the fixture is never changed, so that examples may share it.
shared_map = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
