"""Documents of plans into drafts for the registry (số hóa kế hoạch), every field with its printed text and place."""
