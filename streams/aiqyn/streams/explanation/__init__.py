"""Parts of an explanation: names, wording, cited facts, conditions, what was known and what would undo it."""
