"""Reports: pipeline and activity, the same figures on the screen, on paper and in files."""
