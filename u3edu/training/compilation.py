"""torch.compile as an option: faster steps after minutes of compiling."""

import os
import shutil
from importlib.util import find_spec

import torch
from torch import nn


class CannotCompile(ValueError):
    """What torch.compile needs is not on this machine."""


def compiled(module: nn.Module, device: torch.device) -> nn.Module:
    """The same module compiled for a device at its first call; its weights stay those of `module`.

    Raises
    ------
    CannotCompile
        If there is no compiler for the device.
    """
    if device.type == "cpu":
        names = [name for name in (os.environ.get("CXX"), "g++", "clang++", "cl") if name]
        if not any(shutil.which(name) for name in names):
            raise CannotCompile(
                "--compile needs a C++ compiler, and none of "
                f"{', '.join(names)} is there; install one, or train without --compile"
            )
    elif device.type == "cuda" and find_spec("triton") is None:
        raise CannotCompile(
            "--compile needs the package triton for a GPU; install it, or train without --compile"
        )
    compiled_module: nn.Module = torch.compile(module)  # type: ignore[assignment]
    return compiled_module
