"""Pictures made on the server as SVG: the same input, the same bytes; colours are in the style sheet."""
