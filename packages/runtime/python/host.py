"""The Python host: runs beside one function and serves its calls on a Unix socket (docs/runtime-protocol.md).

Only finds its package and starts it: a program's first file is compiled anew at every start, modules are not.
"""
import sys


def main():
    if len(sys.argv) != 3 or sys.argv[1] != "--socket":
        sys.stderr.write("usage: python3 -I -S -B host.py --socket PATH\n")
        return 2
    folder = __file__.rpartition("/")[0] or "."
    sys.path.insert(0, folder)
    from _wherry import start
    del sys.path[0]
    return start.main(sys.argv[2])


if __name__ == "__main__":
    sys.exit(main())
