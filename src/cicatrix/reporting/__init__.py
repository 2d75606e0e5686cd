"""Reports: a plan as pages and pictures. Nothing is computed here, only shown."""
