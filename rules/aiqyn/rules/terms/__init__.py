"""The catalogue's terms (rules-catalogue, section 1): influence, interest, household, severity, managed conflicts."""
