"""Files on disk: finding, reading, writing and keeping them safe."""
