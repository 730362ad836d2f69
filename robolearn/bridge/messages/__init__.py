"""Messages by ROS package: fields, units and defaults as their .msg files have them."""
