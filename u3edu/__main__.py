"""``python -m u3edu`` is the same as ``u3edu``."""

from u3edu.cli import app

app(prog_name="u3edu")
