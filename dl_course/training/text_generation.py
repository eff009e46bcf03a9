"""How to train a text generator: the document's way, and the one that measured best."""

from dl_course.training.recipes import Recipe

TEXT_GENERATOR_RECIPES = {
    recipe.name: recipe
    for recipe in (
        # D1 4.2 as printed: RMSprop with Keras's default rate, 100 epochs of batches of 64.
        Recipe("document", epochs=100, batch_size=64, learning_rate=0.001, optimizer="rmsprop"),
        # A recurrent network learns by the number of its steps more than by their size, so the
        # batches stay small; the rate is as high as a clipped gradient bears. In batches so small
        # bfloat16 gains hardly anything; it gains with larger ones.
        Recipe(
            "fast",
            epochs=8,
            batch_size=64,
            learning_rate=0.004,
            scheduled=True,
            half_precision=True,
            clip_norm=1.0,
            fewest_steps=400,
        ),
    )
}
