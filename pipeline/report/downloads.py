"""The files beside the page by their names: whoever names them need not import what writes them."""

SCHEMA = "completion.schema.json"
"""The JSON Schema of completion.json, published beside it."""
WORD, PDF, SPREADSHEET = "report.docx", "report.pdf", "indicators-tasks.xlsx"
DOWNLOADS = (
    WORD,
    PDF,
    SPREADSHEET,
    "indicators.csv",
    "tasks.csv",
    "completion.json",
    SCHEMA,
    "datapackage.json",
    "manifest.json",
)
"""What the page offers to download; what most people want comes first."""
