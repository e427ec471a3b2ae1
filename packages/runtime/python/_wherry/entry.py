"""Importing the function's file.

OpenFaaS's templates import it as `function.handler`, with relative imports inside; its neighbours import each other by their
bare names as well. Both work here, whether the entry is `handler.py` or `function/handler.py`.
"""
import os
import sys
import _frozen_importlib as bootstrap
import _frozen_importlib_external as external

from .load import LoadError


def find(code, entry):
    path = os.path.join(code, entry)
    if os.path.isdir(path):
        path = os.path.join(path, "handler.py")
        entry = os.path.join(entry, "handler.py")
    if not os.path.isfile(path):
        raise LoadError("not-found", "there is no file %s in the function's code" % entry)
    stem = entry[:-3] if entry.endswith(".py") else entry
    parts = os.path.normpath(stem).split(os.sep)
    if len(parts) > 1 and all(part.isidentifier() for part in parts) and parts[0] not in sys.modules:
        return in_packages(parts)
    folder = os.path.dirname(path)
    if "function" not in sys.modules and not os.path.exists(os.path.join(code, "function")):
        package(folder)
        return from_file("function." + parts[-1], path, parts[-1])
    return from_file(parts[-1], path, None)


def in_packages(parts):
    __import__(".".join(parts))
    return sys.modules[".".join(parts)]


def package(folder):
    """The folder as the package `function`."""
    first = os.path.join(folder, "__init__.py")
    if os.path.isfile(first):
        spec = external.spec_from_file_location("function", first, submodule_search_locations=[folder])
    else:
        spec = bootstrap.ModuleSpec("function", None, is_package=True)
        spec.submodule_search_locations = [folder]
    module = bootstrap.module_from_spec(spec)
    sys.modules["function"] = module
    if spec.loader is not None:
        spec.loader.exec_module(module)


def from_file(name, path, alias):
    """Import a file under a name, and let `import alias` by a neighbour find the same module."""
    loader = external.SourceFileLoader(name, path)
    spec = external.spec_from_file_location(name, path, loader=loader)
    module = bootstrap.module_from_spec(spec)
    sys.modules[name] = module
    if alias is not None and alias.isidentifier():
        sys.modules.setdefault(alias, module)
        setattr(sys.modules["function"], alias, module)
    loader.exec_module(module)
    return module
