"""The version of the package, for whoever must name it."""

VERSION = "0.1.0"
