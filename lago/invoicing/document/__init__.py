"""What is printed on an invoice: the values, how they are gathered, and how a locale writes them."""
