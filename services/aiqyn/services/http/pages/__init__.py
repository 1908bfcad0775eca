"""The workbench: pages made on the server, each file with its `router`; found by folder."""
