"""Findings to grades, and what the measured tone may say about the skin type."""
