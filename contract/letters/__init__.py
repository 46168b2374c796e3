"""Letters of the office (通知): drafted, issued under a number, followed to their arrival."""
