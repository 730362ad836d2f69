"""A robot in MuJoCo that answers on the topics of the real one, and refuses what that refuses."""
