"""Readable source of what Keras 3 dropped, written into the user's project as ``keras1_compat``.

The modules under ``parts`` are never imported by kerasmig (they import keras): `compat.select`
copies the definitions that a project needs out of them.
"""
