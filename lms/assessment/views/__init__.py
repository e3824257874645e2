"""The quiz pages and the calls behind them."""
