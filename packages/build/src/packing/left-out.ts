/**
 * What never belongs to a function's code: the traces of tools. Dependencies (node_modules) do belong. A `.wherryignore` in the
 * folder adds to it, in the language of .gitignore, and may take something back with `!`.
 */
export const leftOut: readonly string[] = [
  '.git',
  '.hg',
  '.svn',
  '.DS_Store',
  'Thumbs.db',
  'desktop.ini',
  '*.swp',
  '__pycache__',
  '*.pyc',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.venv',
  '.nyc_output',
  '**/node_modules/.cache',
  '**/node_modules/.bin',
  '**/node_modules/.package-lock.json',
  '.wherryignore',
];
