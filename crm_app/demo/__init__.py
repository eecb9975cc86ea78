"""The demo company: public sales data, with invented people and activities around them."""
