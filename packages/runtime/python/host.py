"""The Python host: runs beside one function and serves its calls on a Unix socket (docs/runtime-protocol.md).

Only finds its package and starts it: a program's first file is compiled anew at every start, modules are not.
"""
import sys


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--socket":
        command, given = "start", sys.argv[2:]
    elif sys.argv[1:] == ["--prepare"]:
        command, given = "prepare", ()
    else:
        sys.stderr.write("usage: python3 -I -S -B host.py --socket PATH, or --prepare\n")
        return 2
    sys.path.insert(0, __file__.rpartition("/")[0] or ".")
    module = getattr(__import__("_wherry." + command), command)
    del sys.path[0]
    return module.main(*given)


if __name__ == "__main__":
    sys.exit(main())
