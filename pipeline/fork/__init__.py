"""Notebooks run in forked processes: each in a fresh process that need not import what notebooks need.

The warm process is multiprocessing's fork server, with these imports made (`preload`). One call follows this path:
`run_in_fork` orders a process, `child` is what that process does first, `direct` is a kernel beside papermill in it,
`engine` runs the cells.

    def execute(source, output):  # in package/module.py
        papermill.execute_notebook(source, output, engine_name=engine.NAME, km=DirectKernel(seconds=300))

    with warm_process(["papermill", "package.module"]), run_in_fork("package.module:execute", "a", "b") as wait:
        wait()

Forks share memory that none of them can write to. This package imports nothing else of the project.
"""
