"""Detector cascades that take precedence over those of OpenCV. See README.md in this folder."""
