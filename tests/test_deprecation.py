"""What the course's own code or cells do and is deprecated fails a test, in pytest and in the notebooks' kernels."""

import pytest
from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel

CATEGORIES = ["DeprecationWarning", "FutureWarning"]
IN_MODULE = "exec(\"import warnings; warnings.warn('old', {category})\", {{'__name__': '{module}'}})"

each_category = pytest.mark.parametrize("category", CATEGORIES)


@pytest.fixture(scope="module")
def kernel():
    """A kernel as nbval starts it for a notebook."""
    running = RunningKernel(CURRENT_ENV_KERNEL_NAME)
    yield running
    running.stop()


def error_of(kernel, source):
    """The name of the error that a cell ends with, or None; what else it prints must be nothing."""
    request, error = kernel.execute_cell_input(source), None
    while True:
        message = kernel.get_message("iopub", timeout=20)
        if message["parent_header"].get("msg_id") != request:
            continue
        if message["msg_type"] == "error":
            error = message["content"]["ename"]
        assert message["msg_type"] != "stream", message["content"]
        if message["content"].get("execution_state") == "idle":
            return error


@each_category
def test_a_cell_that_warns_fails(kernel, category):
    assert error_of(kernel, f"import warnings; warnings.warn('old', {category})") == category


@each_category
@pytest.mark.parametrize("module", ["helpers", "helpers.labs.preprocessing"])
def test_a_helper_that_warns_in_a_cell_fails(kernel, category, module):
    assert error_of(kernel, IN_MODULE.format(category=category, module=module)) == category


def test_a_package_that_deprecates_its_own_doings_is_left_alone(kernel):
    assert error_of(kernel, IN_MODULE.format(category="DeprecationWarning", module="keras.src.saving")) is None


@each_category
@pytest.mark.parametrize("module", ["helpers", "helpers.labs.preprocessing", "test_labs"])
def test_code_of_the_course_that_warns_in_pytest_fails(category, module):
    with pytest.raises((DeprecationWarning, FutureWarning), match="old"):
        exec(IN_MODULE.format(category=category, module=module))
