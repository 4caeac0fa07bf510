"""Energy terms of a copy attempt, one a file.

A copy attempt proposes that `site`, which belongs to the `loser`, joins the
`winner`, the owner of one of its neighbours. Every conservative term returns
its energy after minus before; what is not a difference of an energy (Act,
bond rupture) says so. Cell 0 is medium and has no term of its own.
"""
