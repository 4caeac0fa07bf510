"""Hierarchical SBML made flat by libSBML. It imports nothing of this package, so that it starts fast as a process of
its own, in which a text that crashes libSBML or keeps it busy does no harm:

    python sbml_flattener.py SECONDS BYTES < TEXT     exit code 0 if the text can be made flat
"""

from __future__ import annotations

import sys

import libsbml


def flatten(document: libsbml.SBMLDocument) -> bool:
    """Replace the hierarchical model of a document by a flat one. Returns whether that went well."""
    options = libsbml.ConversionProperties()
    options.addOption("flatten comp", True)
    options.addOption("performValidation", False)
    return document.convert(options) == libsbml.LIBSBML_OPERATION_SUCCESS


def _main(seconds: int, most_bytes: int) -> int:
    try:
        import resource
    except ImportError:  # not on every system; whoever waits for the answer has a limit of its own
        pass
    else:
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return 0 if flatten(libsbml.readSBMLFromString(sys.stdin.buffer.read().decode())) else 1


if __name__ == "__main__":
    sys.exit(_main(int(sys.argv[1]), int(sys.argv[2])))
