"""kerasmig: migrate Keras 1 convolution code to Keras 3 and prove the result."""

__version__ = "0.1.0"
