"""What the contract says about staffing, decided from facts alone: no database, no clock."""
