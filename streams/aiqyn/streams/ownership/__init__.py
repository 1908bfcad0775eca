"""Who owns and who controls a company on one day: exact, from stakes alone, without a graph library."""
