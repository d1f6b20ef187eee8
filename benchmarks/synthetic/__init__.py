"""A synthetic country (quốc gia mô phỏng): plans and submissions of made-up communes, drawn from a seed.

Nothing in it is real and everything says so: plans have `synthetic: true`, which labels their pages, names are
"Xã Mô phỏng 00001", and codes are those of no place.
"""

from __future__ import annotations

from benchmarks.synthetic.country import Country, Shape, make_country

__all__ = ["Country", "Shape", "make_country"]
