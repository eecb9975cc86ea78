"""The editor of pipelines: what an administrator changes about the way in which deals are won."""
