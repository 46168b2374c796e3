"""What any Django project could use: nothing here knows a contract."""
