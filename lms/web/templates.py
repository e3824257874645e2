"""Templates are compiled once a language, so the words a page always says cost it nothing."""

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

_MACROS = "_components/m.html"
# Drawings that hang on nothing but their arguments.
_DRAWINGS = frozenset({"i", "st"})
# Addresses inside the site: with literal arguments they stay what they are.
_ADDRESSES = frozenset({"url_for", "asset"})


class _Folding(NodeTransformer):
    """Puts in the place of a call its value, where that hangs on the language alone."""

    def __init__(self, environment: "LanguageEnvironment") -> None:
        self._environment = environment

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (Jinja's name)
        """Fold what has literal arguments: sentences, the language, addresses, drawings."""
        self.generic_visit(node)
        literals = [each.value for each in node.args if isinstance(each, nodes.Const)]
        # Flask's own arguments (``_external``) make an address hang on the request.
        is_special = any(each.key.startswith("_") for each in node.kwargs)
        if is_special or node.dyn_args or node.dyn_kwargs or len(literals) < len(node.args):
            return node
        match node.node:
            case nodes.Name(name="_") if len(literals) == 1:
                return _sentence(self._environment.sentence(*literals), node)
            case nodes.Name(name="language") if not literals:
                return nodes.Const(self._environment.language)
            case nodes.Name(name=name) if name in _ADDRESSES:
                return _constant(node, self._environment.globals[name], literals)
            case nodes.Getattr(node=nodes.Name(name="m"), attr=name) if name in _DRAWINGS:
                macros = self._environment.get_template(_MACROS).module
                return _constant(node, getattr(macros, name), literals)
        return node


def _constant(node: nodes.Call, function: Any, literals: list[object]) -> nodes.Node:  # noqa: ANN401 (a global of templates)
    """Return what the function returns, where all its arguments are literal."""
    named = {each.key: each.value for each in node.kwargs}
    values = {key: each.value for key, each in named.items() if isinstance(each, nodes.Const)}
    return nodes.Const(function(*literals, **values)) if len(values) == len(named) else node


def _sentence(said: Markup, node: nodes.Call) -> nodes.Node:
    """Return the sentence, or its pattern with what is put in (which ``Markup`` escapes)."""
    line = node.lineno
    if "%" not in said:
        return nodes.Const(said, lineno=line)
    values = [nodes.Pair(nodes.Const(each.key), each.value) for each in node.kwargs]
    return nodes.Mod(nodes.Const(said), nodes.Dict(values), lineno=line)


class _Generator(CodeGenerator):
    environment: "LanguageEnvironment"

    def visit_Template(  # noqa: N802 (Jinja's name)
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        if self.environment.language:
            _Folding(self.environment).visit(node)
        super().visit_Template(node, frame)


class LanguageEnvironment(Environment):
    """Flask's environment, with one behind it for each language."""

    code_generator_class = _Generator
    language = ""
    sentence: Callable[[str], Markup]
    _spoken: Callable[[], str | None]
    _of_language: dict[str, "LanguageEnvironment"]

    def speak(
        self,
        languages: Iterable[str],
        *,
        spoken: Callable[[], str | None],
        sentence: Callable[[str], Markup],
    ) -> None:
        """Make the environments; ``spoken`` tells the language of the answer being made.

        ``None`` stands for an answer whose words cannot be known before. ``sentence`` translates
        into the language spoken.
        """
        self.sentence, self._spoken = sentence, spoken
        self._of_language = {}
        for each in languages:
            self._of_language[each] = own = self.overlay()
            own.language = each

    def get_or_select_template(
        self,
        template_name_or_list: str | Template | list[str | Template],
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 (Jinja's name)
    ) -> Template:
        """Return the template in the language of the answer; the door ``render_template`` uses."""
        spoken = None if self.language else self._spoken()
        if spoken is None:
            return super().get_or_select_template(template_name_or_list, parent, globals)
        own = self._of_language[spoken]
        return own.get_or_select_template(template_name_or_list, parent, globals)
