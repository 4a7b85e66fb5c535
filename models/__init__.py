"""Trained weights that ship with the package: one folder a model, each with its card. See the README."""
