"""A Keras file of any era as a classifier: the one place that knows TensorFlow."""
