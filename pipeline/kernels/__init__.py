"""Warm kernels: every notebook in a fresh process, forked from one that has already imported what notebooks need.

The fork happens behind Jupyter's own extension point for starting kernels, the kernel provisioner. papermill, nbclient
and JupyterLab go through it unchanged; a kernel started this way answers as the stock one does and shares with others
only memory that it cannot write to.

    with warm_kernels(["pandas", "matplotlib.figure"]):
        papermill.execute_notebook(...)

Where the platform cannot fork, or WARM_KERNELS=0 is set, the stock kernel is used.
"""

from pipeline.kernels.pool import Limits, can_fork, warm_kernels

__all__ = ["Limits", "can_fork", "warm_kernels"]
