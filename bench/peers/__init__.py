"""What `bench.reactions` measures: the tasks, lamella and its peers on them, and how answers are compared.

Each program has `day()` and `chunks()`, which return a `Run`.
"""
