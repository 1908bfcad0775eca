"""Who is who: source records stay separate, joins between them are computed, never merged."""
