"""The rigs that prove that money cannot go wrong: interleavings, crashes, random histories, and the bugs planted to test the rigs."""
