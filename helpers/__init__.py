"""What the notebooks of Hidden Layers import, so that a lesson's cells hold the lesson."""

import os
import sys

from helpers.quiet import QuietTensorFlow, quiet_matplotlib

# TensorFlow reads these when it is first imported: no log lines on the learner's screen, and results that
# do not depend on whether the processor has oneDNN's fastest kernels.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

# Small matrices, as in the lessons' NumPy networks, multiply ten times slower when threads compete for two cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if "tensorflow" not in sys.modules:
    sys.meta_path.insert(0, QuietTensorFlow())

quiet_matplotlib()
