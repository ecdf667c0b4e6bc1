"""The interactive experiments, one module a lesson; `lab.py` is what they share."""
