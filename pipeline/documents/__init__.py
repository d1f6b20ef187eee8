"""What a document consists of (văn bản): paragraphs, tables, and what the end of a page has cut."""
