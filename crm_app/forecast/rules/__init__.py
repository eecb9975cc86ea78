"""What holds for forecasts: categories, periods, what moved, targets, accuracy. Pure."""
