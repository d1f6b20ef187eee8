"""A rehearsal (tập dượt) in the warm process: one small report in memory, before the first fork or beside it.

Every later fork then has what is built at first use: templates, catalogues, the metrics of Great Expectations, fonts,
schemas. None of that depends on data. No file is written, and the report is discarded.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pipeline.completion.evaluate import evaluate
from pipeline.completion.records import Completion
from pipeline.inputs.describe import ROOTS
from pipeline.inputs.program import program_files
from pipeline.intake.headings import read_forms
from pipeline.intake.interpret import Context
from pipeline.intake.judge import prepare, rehearse_rows
from pipeline.intake.reader import parse
from pipeline.intake.rows import Intake
from pipeline.intake.suites import read_suite
from pipeline.intake.validate import read_suites, table_frames, validate
from pipeline.paths import CODE, Layout
from pipeline.plans.concepts import Concept
from pipeline.plans.localities import Localities, Row
from pipeline.plans.models import Locality, Plan
from pipeline.plans.periods import Period
from pipeline.plans.registry import NO_PLANS, Registry, read_method, read_registry
from pipeline.report import notebook_tables
from pipeline.report.files import completion_schema
from pipeline.report.official import official_report
from pipeline.report.official.pdf import fonts
from pipeline.report.official.word import docx_bytes
from pipeline.report.page import Page
from pipeline.report.spreadsheet import spreadsheet
from pipeline.run.notebooks import rehearse_papermill
from pipeline.senders.receipt import receipt_page, receipts

_PLACE = Locality(code="00000", slug="tap-duot", name="Tập dượt", full_name="xã Tập Dượt", type="xã")
_PERIOD = Period(2026)
_ROW = {"group": "I", "unit": "%", "concept": "thu", "baseline": {"text": "20", "value": 20, "year": 2025}}
_STAGES = [{"year": 2026, "text": "≥80%"}, {"year": 2030, "text": "100%"}]
_PLAN = Plan.model_validate(
    {
        "id": "tap-duot-2026",
        "locality": _PLACE.slug,
        "title": "Kế hoạch tập dượt",
        "issuer": "UBND xã",
        "years": {"first": 2026, "last": 2030},
        "groups": [{"no": "I", "title": "Nhóm"}],
        "indicators": [_ROW | {"no": str(n), "name": f"Tỷ lệ thử {n}", "targets": _STAGES} for n in (1, 2)],
        "tasks": [{"group": "I", "no": "1.1", "name": "Việc thử", "deadline": "Quý I/2026"}],
    }
)
_SENT = {
    "chi-tieu.csv": "plan,group,no,value,unit,as_of,source\n"
    "tap-duot-2026,I,1,80,%,2026-12-01,Hệ thống\ntap-duot-2026,I,2,x,%,2026-12-01,Hệ thống\n",
    "nhiem-vu.csv": "plan,group,no,started_on,source\ntap-duot-2026,I,1.1,2026-02-01,Báo cáo\n",
}


def rehearse() -> None:
    """Make and show one report. Raises the errors of lists, suites and templates."""
    layout, registry = Layout(CODE), _registry()
    prepare(read_suites(layout.expectations))
    forms = read_forms(layout.headings)
    submissions = [parse(text.encode(), name, forms) for name, text in _SENT.items()]
    context = Context(registry, _PLACE.slug, _PERIOD)
    intake = validate(submissions, context, layout.expectations)
    for kind, frame in (found for submission in submissions for found in table_frames(submission, context)):
        rehearse_rows(frame, read_suite(layout.expectations / f"{kind}.json"))
    for receipt in receipts(intake):
        receipt_page(receipt, _PLACE, _PERIOD)
    tables: list[Any] = [intake.frame(name) for name in ("files", "values", "rules", "quarantined")]
    for table in (notebook_tables.rules(intake), *tables):
        table._repr_html_()
    for _ in _shown(registry, intake):
        pass
    rehearse_papermill()


def rehearse_the_page() -> Iterator[None]:
    """Show one report for which nothing was sent, a step at a time: what follows the judging. Raises as `rehearse`."""
    return _shown(_registry(), Intake(locality=_PLACE.slug, period=str(_PERIOD)))


def _registry() -> Registry:
    with suppress(Exception):  # every notebook reads the lists again, and reports their errors
        read_registry(Layout.of_project(), NO_PLANS)
    method = read_method(Layout(CODE))
    return Registry(Localities([Row.of(_PLACE)]), (Concept(id="thu", name="Tỷ lệ thử"),), (), (_PLAN,), method)


def _shown(registry: Registry, intake: Intake) -> Iterator[None]:
    completion = evaluate(registry, _PLACE, _PERIOD, intake)
    tables: tuple[Any, ...] = (
        *(table(completion) for table in (notebook_tables.method, notebook_tables.rates, notebook_tables.indicators)),
        *(frame() for frame in (registry.targets, completion.indicators, completion.rates)),
    )
    for table in tables:
        table._repr_html_()
    yield
    program_files(*ROOTS)  # which modules a report depends on: 200 files are searched for imports
    yield
    page = Page(completion, intake, "")
    for part in (
        page.style,
        *(page.head, page.answer, page.replaces, page.attention, page.change, page.plans),
        *(page.stages, page.agencies, page.tasks, page.reported, page.conflicts, page.quality),
    ):
        part()._repr_html_()
        yield
    yield from _files(completion, intake)


def _files(completion: Completion, intake: Intake) -> Iterator[None]:
    """Those beside the page; of the PDF only the fonts, since its compiler starts threads, which a fork lacks."""
    fonts()
    docx_bytes(official_report(completion, intake))
    yield
    spreadsheet(completion, "")
    yield
    completion_schema()
