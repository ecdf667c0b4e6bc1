"""Keep start-up messages of TensorFlow and Matplotlib off the learner's screen."""

import contextlib
import importlib.abc
import importlib.util
import logging
import os


class QuietTensorFlow(importlib.abc.MetaPathFinder):
    """Import TensorFlow, whenever someone first does, with the process's standard error switched off.

    TensorFlow 2.20 and 2.21 write from C++ that no GPU was found before any of their settings is read, so
    TF_CPP_MIN_LOG_LEVEL cannot stop it. A failed import still raises: exceptions do not travel by that way.
    """

    def __init__(self):
        self._looking = False

    def find_spec(self, name, path=None, target=None):
        """Return TensorFlow's own spec, its loader made quiet; None for every other module."""
        if name != "tensorflow" or self._looking:
            return None
        self._looking = True  # the others on sys.meta_path find it; this one must not answer itself
        try:
            spec = importlib.util.find_spec(name)
        finally:
            self._looking = False
        if spec is not None:
            execute = spec.loader.exec_module

            def exec_quietly(module):
                with standard_error_off():
                    execute(module)

            spec.loader.exec_module = exec_quietly
        return spec


def quiet_matplotlib():
    """Without a home to write to, Matplotlib takes a temporary folder: let it do so without three log lines."""
    logging.getLogger("matplotlib").addFilter(lambda record: record.funcName != "_get_config_or_cache_dir")


@contextlib.contextmanager
def standard_error_off():
    """Send what is written to file descriptor 2, by C++ too, to nowhere."""
    try:
        kept = os.dup(2)
    except OSError:  # it is closed already
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
