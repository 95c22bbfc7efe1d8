"""What several methods share: weighting, filling, enlarging, superpixels, gradient ascent."""
