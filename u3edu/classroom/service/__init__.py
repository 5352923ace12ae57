"""The classroom as a service of JupyterHub."""
