"""A Panda at one_leg's table that answers on topics, and refuses what an arm should not do."""
