"""What learners pay for courses: orders, checkout, refunds, vouchers."""
