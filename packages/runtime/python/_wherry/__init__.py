"""The host's own modules, in a package so that user code may have modules of any name. Nothing here is an interface."""
