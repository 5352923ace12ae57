"""The error of what no staging scheme knows."""


class UnknownStaging(ValueError):
    """A scheme, an edition, a layer or a measure that the staging functions don't know."""
