"""Lifted linear dynamics: the model, the residual actor that looks at its prediction, and diagnostics."""
