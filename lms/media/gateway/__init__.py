"""What media asks of the machine: files on disk, and programs that read videos in confinement."""
