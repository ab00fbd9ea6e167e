"""What a fresh local stack is filled with, and the story it tells."""
