"""The walking tour: a public benchmark of policies that own the G1's legs and waist; others move its arms.

Protocol: rhoyn/teleop-walking-benchmark, edition of 90 s. What its description leaves open is done as its
program does it (facts, no code):
- The crane's 3 s change nothing: it puts the pelvis back at every physics step, in which all of the robot
  falls freely, so no joint carries a load. `reset` begins at the release, in the stance; no policy is asked
  before.
- Hands may not rise above the head's underside.
- The ramp of the punches ends with the punch of the segment that begins at 60 s.
- A punch's lever arm follows its link, physics step by physics step.
- Joint targets of a policy may lie beyond the joints' limits, where its `Drive` says so.

Chosen here:
- The crane holds the pelvis at the world's origin, facing x: the start frame is the world.
- Arms follow their first line from the release on; the program has them wait for one control step.
- The clock of a worker's gait begins with the left foot, and its height with the one commanded.
- Errors count at the end of each segment that the robot finished; the program counts that of the fall, too.
- The robot is this package's, with its URDF's efforts and capsules for links. The program's has the same
  links with meshes, ankles and waist of 50 N m, hip pitch and roll with armatures of 7520-22, and in all
  joints a damping of 0.01 N m s/rad and a friction of 0.01 N m.
"""
