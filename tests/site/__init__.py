"""Tests of the site and of what runs in it."""
