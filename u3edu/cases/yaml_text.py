"""YAML from strangers: the JSON subset of YAML 1.2, bounded in size, depth and number of values."""

import re
from typing import Any

import yaml

from u3edu.cases.problem import InvalidCase

# A case's text is far smaller; the bounds keep a hostile file from costing time or memory.
MOST_BYTES = 512 * 1024
MOST_DEPTH = 12
MOST_VALUES = 20_000


class _Loader(yaml.SafeLoader):
    """Text, numbers, true, false and null, as YAML 1.2 has them: no dates, no ``yes``, no ``1:30``."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"~|null|", "~n\0"),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-+0123456789"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first.replace("\0", ""), ""]
    )
_CORE_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq")}


def load_yaml(content: bytes, file: str) -> Any:
    """Read a YAML document of text, numbers, lists and mappings.

    Parameters
    ----------
    content : bytes
        UTF-8.
    file : str
        Its name for messages.

    Raises
    ------
    InvalidCase
        If it is not YAML, larger than the bounds, or uses what hostile files use: anchors and
        aliases, tags, or a key twice.
    """
    if len(content) > MOST_BYTES:
        raise InvalidCase.at(file, "", f"larger than {MOST_BYTES >> 10} KiB")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidCase.at(file, "", f"not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    try:
        _check_events(text, file)
        node = yaml.compose(text, _Loader)
        _check_keys(node, file)
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InvalidCase.at(file, "", f"not YAML{line}: {error.problem}") from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, InvalidCase):
            raise
        raise InvalidCase.at(file, "", f"not YAML ({str(error).splitlines()[0]})") from None


def dump_yaml(data: Any) -> str:
    """Plain data as YAML that `load_yaml` reads back, in the order given."""
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    return text


def _check_events(text: str, file: str) -> None:
    """Refuse what could grow beyond measure before anything is built of it."""
    depth = values = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise InvalidCase.at(
                file, f"line {line}", "anchors (&) and aliases (*) are not allowed; write it out"
            )
        tag = getattr(event, "tag", None)
        if tag is not None and tag not in (*_CORE_TAGS, "!"):
            raise InvalidCase.at(
                file, f"line {line}", f"the tag {tag.rsplit(':')[-1]!r} is not allowed; take it out"
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.NodeEvent):
            values += 1
        if depth > MOST_DEPTH:
            raise InvalidCase.at(file, f"line {line}", f"nested deeper than {MOST_DEPTH} levels")
        if values > MOST_VALUES:
            raise InvalidCase.at(file, f"line {line}", f"more than {MOST_VALUES} values")


def _check_keys(node: yaml.Node | None, file: str) -> None:
    """Refuse a key that stands twice in one mapping, for nobody knows which would count."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise InvalidCase.at(file, f"line {line}", "a key is plain text")
            if key.value in seen:
                raise InvalidCase.at(file, key.value, f"stands twice (again in line {line}); keep one")
            seen.add(key.value)
            _check_keys(value, file)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_keys(value, file)
