"""Texts of the workbench in Kazakh, Russian and English, and how days, numbers and money are written in each."""
