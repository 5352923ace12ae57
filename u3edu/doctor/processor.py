"""What the pictures are computed on."""

from collections.abc import Iterator

from u3edu.doctor.finding import Finding, mind, ok, wrong


def check_processor() -> Iterator[Finding]:
    """The device that the kernel's own engine takes, tried with one small convolution."""
    import torch

    from u3edu.engine.local import fastest_device

    name = fastest_device()
    try:
        values = torch.nn.functional.conv2d(
            torch.ones(1, 1, 8, 8, device=name), torch.ones(1, 1, 3, 3, device=name)
        )
        total = float(values.sum())
    except RuntimeError as error:
        yield wrong(
            "processor",
            f"torch {torch.__version__} finds {name} but cannot compute on it ({str(error).splitlines()[0]})",
            "install the PyTorch build for this GPU and driver, or hide the GPU: CUDA_VISIBLE_DEVICES=''",
        )
        return
    if total != 36 * 9:
        yield wrong("processor", f"{name} computes wrong sums ({total}, not 324)", "take another machine")
    elif name == "cpu" and torch.version.cuda:
        yield mind(
            "processor",
            f"torch {torch.__version__} is a build for GPUs, and no GPU is found; the processor is used",
            "on a machine without a GPU nothing needs doing; else look at the driver (nvidia-smi)",
        )
    else:
        threads = f", {torch.get_num_threads()} threads" if name == "cpu" else ""
        yield ok("processor", f"{name} with torch {torch.__version__}{threads}")
