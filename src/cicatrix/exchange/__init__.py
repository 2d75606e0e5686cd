"""Records to and from the outside world. This room translates; it decides nothing."""
