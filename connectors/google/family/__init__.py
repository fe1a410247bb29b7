"""Families of Google's resources: how each is created and changed, one file a family."""
