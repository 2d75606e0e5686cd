"""``python -m cicatrix`` is the ``cicatrix`` command."""

from cicatrix.cli import main

main()
