"""Trained weights that ship with the package: one folder a model, each with its card. See README.md in this folder."""
