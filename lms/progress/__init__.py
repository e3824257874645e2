"""How watched time becomes verified learning hours and completions."""
