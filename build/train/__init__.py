"""The recipe that trained the embedded model. README.md says how to run it."""
