"""What stands between a policy and the motors: pure functions, without a clock or a robot of their own."""
