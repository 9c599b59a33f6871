"""The API outside the layers, held against both real libraries."""
