"""Figures: what a county, the bureau and the public see of the training, as numbers."""
