"""Where user code finds its modules. The interpreter is started without `site`, which would cost a third of the start."""
import os
import sys


def extend(code):
    """The function's folder and its own packages first, the interpreter's installed packages last."""
    own = [code] + [folder for folder in (code + "/site-packages", code + "/vendor") if os.path.isdir(folder)]
    sys.path[:0] = own
    sys.path += [folder for folder in installed() if os.path.isdir(folder) and folder not in sys.path]


def installed():
    """Site-packages of the virtual environment, if it is one, and of the interpreter."""
    version = "python%d.%d" % sys.version_info[:2]
    home = os.path.dirname(os.path.dirname(sys.executable))
    shared = True
    if os.path.exists(home + "/pyvenv.cfg"):
        yield "%s/lib/%s/site-packages" % (home, version)
        with open(home + "/pyvenv.cfg") as file:
            shared = "include-system-site-packages = true" in file.read()
    if shared:
        for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix, "/usr/local" if sys.prefix == "/usr" else sys.prefix)):
            yield "%s/lib/%s/site-packages" % (prefix, version)
            yield "%s/lib/%s/dist-packages" % (prefix, version)
        if sys.prefix == "/usr":
            yield "/usr/lib/python3/dist-packages"   # Debian's own packages
