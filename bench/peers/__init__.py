"""The tasks of `bench.reactions`, and the programs that are measured beside lamella."""
