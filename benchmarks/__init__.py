"""Side by side with peers, and how long planning takes: one run, one table.

``python -m benchmarks`` measures and writes ``docs/benchmarks.md``; ``--quick`` only prints.
Every peer runs in a process of its own and imports nothing of cicatrix.
"""
