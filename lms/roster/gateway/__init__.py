"""Where lists leave the program: their files and what is written into them."""
