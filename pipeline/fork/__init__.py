"""Warm kernels: every notebook in a fresh process, forked from one that has already imported what notebooks need.

A forked kernel shares with others only memory that it cannot write to, answers as the stock one does, and is reached
in one of two ways.

Cell by cell, over sockets: the fork happens behind Jupyter's own extension point for starting kernels, the kernel
provisioner, and papermill, nbclient or whatever speaks to kernels goes through it unchanged.

    with warm_kernels(["pandas", "matplotlib.figure"]):
        papermill.execute_notebook(...)

Whole: papermill, too, runs in the fork, beside a kernel that needs no sockets (`direct`), a third less work.

    def execute(source, target):  # in package/module.py
        papermill.execute_notebook(source, target, km=DirectKernel(seconds=300))

    with warm_kernels(["papermill", "package.module"]), aside("package.module:execute", source, target) as executed:
        executed()

Where the platform cannot fork, or WARM_KERNELS=0 is set, the stock kernel is used; WARM_KERNELS=sockets asks whoever
could do either for the first way.
"""

from pipeline.fork.pool import Limits, can_fork, warm_kernels

__all__ = ["Limits", "can_fork", "warm_kernels"]
