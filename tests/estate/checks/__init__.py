"""What the estate promises, as checks against a running one."""
