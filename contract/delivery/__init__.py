"""How a message leaves: by e-mail, or as a webhook to a destination on the allow-list."""
