"""What a campaign achieved: reads, requests and deliveries, counted by day, in tables and plots."""
