"""Weights, models and configurations that Keras 1 wrote: reading, converting, proving.

An old file is data from anywhere. It is read by processes that may be lost (`h5_reader`), nothing
in it is run or unpickled, and a configuration becomes source text (`program`), which the same
rules migrate as code that a person wrote.
"""
