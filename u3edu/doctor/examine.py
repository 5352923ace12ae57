"""All checks, in an order in which one builds on another."""

from collections.abc import Iterator
from importlib import import_module

from u3edu.doctor.finding import Finding, mind, wrong

# Modules and their functions, imported one by one: what a module needs may be what is missing.
CHECKS = {
    "interpreter": ("check_interpreter",),
    "packages": ("check_requirements", "check_extras", "check_tested_versions", "check_kernel_version"),
    "torchvision": ("check_torchvision",),
    "processor": ("check_processor",),
    "weights": ("check_weights",),
    "samples": ("check_sample_series", "check_sample_slice", "check_own_pictures", "check_cases"),
    "decoders": ("check_decoders",),
    "storage": ("check_folders", "check_free_space", "check_shared_memory"),
    "lab": ("check_extensions", "check_kernel", "check_settings"),
    "hub": ("check_hub", "check_token"),
    "classroom": ("check_classroom", "check_database"),
    "shared_engine": ("check_shared_engine",),
    "clock": ("check_clock",),
}


def examine() -> Iterator[Finding]:
    """Every finding, as the checks come to it."""
    for module, functions in CHECKS.items():
        for function in functions:
            yield from findings(module, function)


def findings(module: str, function: str) -> Iterator[Finding]:
    """The findings of one check; where it could not be made, that is the finding."""
    subject = function.removeprefix("check_").replace("_", " ")
    try:
        yield from getattr(import_module(f"u3edu.doctor.{module}"), function)()
    except ModuleNotFoundError as error:
        yield mind(subject, f"not looked at: the package {error.name} is missing", "see the packages above")
    except Exception as error:  # a doctor goes on to the next organ
        yield wrong(
            subject,
            f"could not be looked at ({type(error).__name__}: {error})",
            "tell the operator, with this line and `u3edu --version`",
        )
