"""In a kernel under test, what a cell or a helper does and is deprecated raises. pyproject.toml says so for pytest."""

import warnings

for _category in (DeprecationWarning, FutureWarning):
    warnings.filterwarnings("error", category=_category, module=r"(__main__|helpers)(\.|$)")
del _category, warnings
