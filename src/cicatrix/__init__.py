"""cicatrix: assess acne scars, plan their treatment with sources, follow what really changed."""

__version__ = "0.1.0"
