"""The shared engine: one Ray Serve application that draws pictures for many notebooks."""
