"""What a learner's file adds up from rows; pure."""
