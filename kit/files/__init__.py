"""Documents, scans and spreadsheets."""
