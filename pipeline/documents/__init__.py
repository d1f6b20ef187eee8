"""What a document consists of (văn bản): paragraphs and tables with their places; what the end of a page cuts is joined."""
