"""How good a model is: figures on pictures that it was not trained on."""
