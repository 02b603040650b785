"""The outgoing message, its state machine, its retries, and the one place that speaks SMTP."""
