"""Article 14, one duty a file: pure functions of facts and a day."""
