"""Work done after the answer: job rows say what is to do, a queue moves and runs them."""
