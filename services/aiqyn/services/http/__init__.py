"""HTTP: the interface of integrators and analysts, and the workbench of auditors."""
