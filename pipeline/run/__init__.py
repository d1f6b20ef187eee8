"""Running notebooks, publishing, many localities."""

from pipeline.fork.import_shims import without_iri_grammar

without_iri_grammar()
