"""What the model says of each picture: the probability of every class."""

from generator.artefacts import Predictions
from generator.methods import Request, method
from generator.text import bilingual


@method(
    kind="predictions",
    access="predictions",
    title=bilingual("Predictions", "模型的預測"),
    summary=bilingual(
        "The probability that the model gives to each class: how sure it is, and of what else it thought.",
        "模型給每個類別的機率：它有多確定，又曾經考慮過哪些別的答案。",
    ),
    paper="Bridle 1990, Probabilistic Interpretation of Feedforward Classification Network Outputs",
    passes=lambda params, images: 0,  # they are known from choosing the images
)
def predictions(request: Request) -> Predictions:
    """Probability of every class for the images of the figure."""
    return Predictions(request.batch.probability, {"images": len(request.batch)})
