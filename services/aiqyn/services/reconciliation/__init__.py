"""Whether everything that came in is accounted for, and whether anything still waits."""
