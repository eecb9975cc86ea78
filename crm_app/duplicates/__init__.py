"""One record for one person or company: what is there twice, and how it becomes one."""
