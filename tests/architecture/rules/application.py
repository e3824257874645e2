"""What only the finished application can tell: its endpoints and its templates."""

from flask import Flask
from jinja2 import Environment, TemplateError, nodes
from werkzeug.routing import BuildError

_SHELLS = {"base.html", "learner.html", "desk.html"}


def undeclared_endpoints(app: Flask) -> list[str]:
    """Name every endpoint that does not say who may call it."""
    return [
        name
        for name, view in app.view_functions.items()
        if name != "static" and not hasattr(view, "__access__")
    ]


def broken_templates(environment: Environment) -> list[str]:
    """Name every template that does not compile, or names an address there is not."""
    found = []
    for name in environment.list_templates():
        try:
            environment.get_or_select_template(name)
        except (TemplateError, BuildError, OSError) as error:
            found.append(f"{name}: {error}")
    return found


def untitled_templates(environment: Environment) -> list[str]:
    """Name every page that has no title of its own; parts and shells have none."""
    pages = (name for name in environment.list_templates() if _is_page(name))
    return [name for name in pages if not _is_titled(environment, name)]


def _is_page(name: str) -> bool:
    is_part = any(part.startswith("_") for part in name.split("/"))
    return name.endswith(".html") and not is_part and name not in _SHELLS


def _is_titled(environment: Environment, name: str) -> bool:
    """Look for a title block in the page, then in what it extends, up to the shells."""
    while name not in _SHELLS:
        assert environment.loader is not None
        source, _, _ = environment.loader.get_source(environment, name)
        page = environment.parse(source)
        if any(block.name == "title" for block in page.find_all(nodes.Block)):
            return True
        parent = next(page.find_all(nodes.Extends), None)
        if parent is None or not isinstance(parent.template, nodes.Const):
            return False
        name = parent.template.value
    return False
