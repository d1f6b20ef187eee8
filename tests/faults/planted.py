"""Bugs that are planted one at a time into a copy of the code, each with the test that must see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """One replacement in one file, which must fit exactly once."""

    name: str
    file: str
    old: str
    new: str
    test: str


ORDER = "tests/faults/test_syscalls.py::test_everything_is_on_the_disk_before_it_is_seen"
_REFUSE = "tests/faults/test_parameters.py::test_the_functions_refuse"
_PUBLISH = "tests/publish/test_publish.py"
_NOTEBOOKS = "tests/run/test_notebooks.py"

BUGS = (
    Bug(
        "escaping off",
        "pipeline/report/templating.py",
        "autoescape=True",
        "autoescape=False",
        "tests/report/test_payloads.py::test_no_text_of_a_record_becomes_active",
    ),
    Bug(
        "gate lets everything pass",
        "pipeline/report/render.py",
        "if fault := next(faults(html, script), None):",
        "if fault := next(iter(()), None):",
        "tests/report/test_render.py::test_active_content_and_outside_references_are_found",
    ),
    Bug(
        "gate overlooks handlers",
        "pipeline/report/render.py",
        'if attribute.startswith("on"):',
        'if attribute.startswith("onclick!"):',
        "tests/report/test_render.py::test_active_content_and_outside_references_are_found",
    ),
    Bug(
        "stored files not synced",
        "pipeline/publish/store.py",
        "                    sync(temporary)\n",
        "                    pass\n",
        ORDER,
    ),
    Bug(
        "staged files not synced",
        "pipeline/publish/swap.py",
        '    for path in sorted(staged.rglob("*")):\n        sync(path)\n',
        "",
        ORDER,
    ),
    Bug("log not synced", "pipeline/publish/log.py", "    os.fsync(file)\n", "", ORDER),
    Bug(
        "no lock of the locality",
        "pipeline/publish/swap.py",
        "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        "tests/publish/test_swap.py::test_two_runs_of_one_locality_do_not_mix",
    ),
    Bug(
        "no lock of the log",
        "pipeline/publish/log.py",
        "fcntl.flock(guard, fcntl.LOCK_EX)",
        "fcntl.flock(guard, fcntl.LOCK_SH)",
        "tests/publish/test_log.py::test_one_who_appends_waits_for_another",
    ),
    Bug(
        "swept while another writes",
        "pipeline/publish/store.py",
        "fcntl.LOCK_EX | fcntl.LOCK_NB",
        "fcntl.LOCK_SH | fcntl.LOCK_NB",
        "tests/publish/test_store.py::test_what_a_killed_writer_left_is_swept_but_not_while_another_writes",
    ),
    Bug(
        "last result not asked for",
        "pipeline/run/notebooks.py",
        'return "" if code and code[-1].outputs else "ô lệnh cuối không cho kết quả"',
        'return ""',
        f"{_NOTEBOOKS}::test_a_notebook_that_does_not_reach_its_end_fails",
    ),
    Bug(
        "cells that never ran not asked for",
        "pipeline/run/notebooks.py",
        'return f"ô lệnh thứ {number} không được chạy"',
        "continue",
        f"{_NOTEBOOKS}::test_a_cell_that_was_passed_over_is_found_though_the_last_one_ran",
    ),
    Bug(
        "unknown parameters run",
        "pipeline/run/notebooks.py",
        "if declared != set(parameters):",
        "if not declared:",
        f"{_NOTEBOOKS}::test_unknown_parameters_are_refused_before_anything_runs",
    ),
    Bug(
        "hash order left to chance",
        "pipeline/inputs/program.py",
        '"PYTHONHASHSEED": "0"',
        '"PYTHONHASHSEED": "random"',
        "tests/fork/test_kernels.py::test_a_forked_kernel_is_a_fresh_process_that_has_imported_already",
    ),
    Bug(
        "no limit of memory",
        "pipeline/fork/orders.py",
        "        if self.memory is not None:",
        "        if self.memory == -1:",
        "tests/fork/test_kernels.py::test_a_kernel_that_ends_badly_is_reported_and_the_next_one_runs",
    ),
    Bug(
        "width of rows not checked",
        "pipeline/intake/delimited.py",
        "constant_width=True",
        "constant_width=False",
        "tests/intake/test_reader.py::test_a_damaged_row_is_kept_with_its_fault",
    ),
    Bug(
        "another encoding guessed",
        "pipeline/intake/delimited.py",
        'else "utf-8-sig"\n    if encoding',
        'else "latin-1"\n    if encoding',
        "tests/intake/test_reader.py::test_a_file_that_cannot_be_read_as_a_whole_is_refused",
    ),
    Bug(
        "stored bytes not checked",
        "pipeline/publish/store.py",
        "        if hashlib.sha256(content).hexdigest() != sha256:\n            raise MismatchError(",
        "        if not content:\n            raise MismatchError(",
        "tests/publish/test_store.py::test_what_is_no_longer_as_its_name_says_is_named",
    ),
    Bug(
        "input changed meanwhile kept",
        "pipeline/publish/store.py",
        "        if hashlib.sha256(content).hexdigest() == sha256:\n            return content",
        "        if content:\n            return content",
        "tests/publish/test_store.py::test_a_file_changed_meanwhile_is_refused_and_leaves_nothing",
    ),
    Bug(
        "seal of the log not checked",
        "pipeline/publish/log.py",
        "if entry.prev != before.sha256:",
        'if entry.prev == "":',
        "tests/publish/test_log.py::test_a_changed_byte_is_found_or_changes_the_head",
    ),
    Bug(
        "torn line dropped",
        "pipeline/publish/log.py",
        '            torn.write(rest + b"\\n")\n',
        "",
        "tests/publish/test_log.py::test_a_torn_last_line_is_moved_and_told_and_the_chain_goes_on",
    ),
    Bug(
        "absent is zero",
        "pipeline/completion/counts.py",
        "return self.met + self.undecidable + self.absent",
        "return self.met + self.undecidable",
        "tests/completion/test_evaluate.py::test_bach_long_vi_2025_by_hand",
    ),
    Bug(
        "run before thrown away",
        "pipeline/publish/publish.py",
        "    if old:\n        _keep(run.layout, old)\n",
        "    if old:\n",
        f"{_PUBLISH}::test_the_run_before_is_kept_whole",
    ),
    Bug(
        "another result of the same inputs published",
        "pipeline/publish/publish.py",
        "        if not differing:\n            continue",
        "        if folder:\n            continue",
        f"{_PUBLISH}::test_another_result_of_the_same_inputs_is_not_published",
    ),
    Bug(
        "what cannot be read now taken for nothing",
        "pipeline/publish/publish.py",
        "except (FileNotFoundError, NotOrdinaryError, ValueError):",
        "except (OSError, ValueError):",
        f"{_PUBLISH}::test_a_leftover_that_cannot_be_read_now_is_not_thrown_away",
    ),
    Bug(
        "failed exchange taken for none",
        "pipeline/publish/swap.py",
        "in (errno.EINVAL, errno.ENOSYS)",
        "!= 0",
        "tests/publish/test_swap.py::test_an_exchange_that_failed_is_told",
    ),
    Bug(
        "changed files taken as up to date",
        "pipeline/publish/manifest.py",
        "manifest.input_id == input_id and manifest.outputs == hash_outputs(folder)",
        "manifest.input_id == input_id",
        "tests/publish/test_manifest.py::test_a_report_is_up_to_date_until_one_byte_of_it_changes",
    ),
    Bug(
        "imports in functions overlooked",
        "pipeline/inputs/program.py",
        r"(?:^|;)[ \t]*from ({_MODULE})",
        r"(?:^|;)from ({_MODULE})",
        "tests/inputs/test_program.py::test_no_import_is_missed",
    ),
    Bug(
        "tags of cells overlooked",
        "pipeline/inputs/program.py",
        '{"tags": tags} if tags else {}',
        "{}",
        "tests/inputs/test_program.py::test_what_a_notebook_says_and_does_counts",
    ),
    Bug(
        "any language of a page",
        "pipeline/arguments.py",
        "if text not in others:",
        "if not text:",
        _REFUSE,
    ),
    Bug(
        "formulas in the workbook",
        "pipeline/report/cell_looks.py",
        'cell._value, cell.data_type = _UNWRITABLE.sub("\\N{REPLACEMENT CHARACTER}", text[:_LONGEST]), "s"\n',
        'cell.value = _UNWRITABLE.sub("\\N{REPLACEMENT CHARACTER}", text[:_LONGEST])\n',
        "tests/report/test_spreadsheet.py::test_no_cell_is_a_formula_and_every_text_is_there",
    ),
)
