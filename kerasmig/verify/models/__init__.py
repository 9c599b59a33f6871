"""Comparing an old model with its new one."""
