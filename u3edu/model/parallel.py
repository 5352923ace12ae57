"""What the processes of data parallelism tell each other while they compute."""

from torch import Tensor, distributed


def is_parallel() -> bool:
    """Whether this process is one of several."""
    return distributed.is_available() and distributed.is_initialized()


def mean_of_all_processes(values: Tensor) -> Tensor:
    """The mean of what each process holds, with a gradient to all of them."""
    if not is_parallel():
        return values
    # Not at the top: a torch that was built without distributed does not have it.
    from torch.distributed.nn.functional import all_reduce

    total: Tensor = all_reduce(values)  # type: ignore[no-untyped-call]
    return total / distributed.get_world_size()
