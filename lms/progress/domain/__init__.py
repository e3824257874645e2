"""How watched time is counted: pure steps over immutable values, milliseconds inside."""
