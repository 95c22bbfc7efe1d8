"""The table of layers against Keras' own counts and costs worked out by hand."""

from generator.methods.architecture import architecture


def test_the_layers_are_kerass(network):
    """Names in their order, with the parameters Keras counts."""
    found = architecture(network.request())
    expected = {layer.name: layer.count_params() for layer in network.keras.layers[1:]}
    assert dict(zip(found.name, found.parameters.tolist(), strict=True)) == expected
    assert found.facts["parameters"] == network.keras.count_params()
    assert found.kind == ("Conv2D", "MaxPooling2D", "Conv2D", "Flatten", "Dense")


def test_the_cost_is_that_of_the_products(network):
    """A convolution multiplies its kernel at every position, a dense layer each input once."""
    found = architecture(network.request())
    cost = dict(zip(found.name, found.multiply_adds.tolist(), strict=True))
    by_hand = {"first": 24 * 24 * 9 * 8, "pool": 0, "last": 12 * 12 * 9 * 8 * 12, "flat": 0, "logits": 12 * 12 * 12 * 3}
    assert cost == by_hand
    assert found.facts["multiply_adds"] == sum(by_hand.values())


def test_shapes_are_those_of_the_outputs(network):
    """Height, width, channels, or the length of a vector."""
    found = architecture(network.request())
    assert found.shape == ((24, 24, 8), (12, 12, 8), (12, 12, 12), (1728,), (3,))
