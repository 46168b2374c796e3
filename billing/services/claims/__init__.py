"""Claims (索赔): the steps of the office and of the vendor, and what a step needs."""
