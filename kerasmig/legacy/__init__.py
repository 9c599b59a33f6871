"""The legacy runtime: the real Keras 1.2.2, fetched once and run on today's TensorFlow."""
