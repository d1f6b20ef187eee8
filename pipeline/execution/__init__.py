"""Running notebooks, publishing, many localities."""

from pipeline.kernels.lean import without_iri_grammar

without_iri_grammar()
