"""Which records of a list are the same person or the same company, how surely, and why.

The weights follow Fellegi and Sunter (A Theory for Record Linkage, 1969) with frequencies of values as Winkler
proposed. What relatives and colleagues share by nature is a class of its own, so that it is no evidence of being one
person. Nothing is learned from labels, and every list is judged by the same settings.
"""
