"""The database against its log: what a log proves, and how edits behind the product's back are found."""
