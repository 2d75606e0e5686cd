"""Height maps to scars in numbers, each with its doubt; never a name or a grade."""
