"""What kerasmig does where Linux's own means are missing: Windows and macOS, simulated."""
