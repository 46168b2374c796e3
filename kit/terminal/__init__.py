"""What a command shows and keeps alive."""
