"""Lists as files: JSON lines, CSV (exact, or safe in a spreadsheet), Parquet. Nothing is cut."""
