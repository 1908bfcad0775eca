"""Who may do what: users with roles, keys that narrow them, sessions."""
