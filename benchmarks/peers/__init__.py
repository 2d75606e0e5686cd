"""One file a peer; each runs as a process of its own and talks JSON over its pipes."""
