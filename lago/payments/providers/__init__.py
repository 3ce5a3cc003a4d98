"""Those who move money: one file for each."""
