"""What analysts and auditors read: queries, without HTTP."""
