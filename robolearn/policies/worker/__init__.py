"""The G1's whole-body worker: what it is commanded, what it sees, and its network. Needs no simulator."""
