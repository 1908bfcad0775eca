"""What people do with alerts: one resource for single and bulk, second person and undo (interfaces, section 7)."""
