// Module names of Python's standard library that a language host may import, on every Python 3 we support.

export const PYTHON_STANDARD_LIBRARY: ReadonlySet<string> = new Set(
  `__future__ abc argparse array ast asyncio atexit base64 binascii bisect builtins bz2 calendar code codecs
  collections concurrent configparser contextlib contextvars copy csv ctypes dataclasses datetime decimal difflib
  email encodings enum errno faulthandler fcntl fnmatch fractions frozen_importlib frozen_importlib_external
  functools gc getpass gettext glob graphlib grp gzip
  hashlib heapq hmac html http importlib inspect io ipaddress itertools json keyword linecache locale logging lzma
  marshal math mimetypes mmap multiprocessing numbers operator os pathlib pickle pkgutil platform posixpath pprint
  pwd queue random re resource runpy secrets select selectors shlex shutil signal site socket socketserver sqlite3
  ssl stat statistics string struct subprocess symtable sys sysconfig syslog tarfile tempfile textwrap thread threading time
  timeit tokenize traceback tracemalloc types typing unicodedata unittest urllib uuid warnings weakref xml zipfile
  zipimport zlib zoneinfo`.split(/\s+/),
);
