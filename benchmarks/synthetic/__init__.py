"""A synthetic country (quốc gia mô phỏng): plans and submissions of made-up localities, drawn from a seed.

For size and time of the pipeline. Nothing in it is real, and everything in it says so: every plan has
`synthetic: true`, so every page is labelled; names are "Xã Mô phỏng 00001"; codes are none that are given out.
"""

from __future__ import annotations

from benchmarks.synthetic.country import Country, Shape, make_country

__all__ = ["Country", "Shape", "make_country"]
