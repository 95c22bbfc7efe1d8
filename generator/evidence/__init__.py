"""How far an explanation can be trusted, measured beside it: one module a measure, in NumPy over the port.

Everything is reduced to sums that can be added up, so that memory does not grow with the images and the result does
not depend on how they were batched.
"""
