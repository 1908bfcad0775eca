"""Dossiers: one alert with all its evidence and proofs in one file, made and checked."""
