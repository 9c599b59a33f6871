"""Follows the code on abstract values."""
