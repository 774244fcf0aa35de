"""What all OData services of Microsoft have in common: sign-in, requests with bounds, answers."""
