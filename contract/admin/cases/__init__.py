"""The case in the browser: alerts, the steps of both sides, what happened."""
