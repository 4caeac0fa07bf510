"""The compiled inner loops, and a readable twin of them in `reference`."""
