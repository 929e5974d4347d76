"""The report of a trained model: bounds, token and note accuracy, pictures."""
