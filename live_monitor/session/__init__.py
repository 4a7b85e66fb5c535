"""What a session leaves behind, when it is asked to."""
