"""How ROS 2 names its topics and types on DDS (ROS 2 design, "Topic and Service name mapping to DDS")."""

import re
from typing import Final

from robolearn.errors import UserError

TOPIC_PREFIX: Final = "rt"

_TOPIC: Final = re.compile(r"(/[A-Za-z_][A-Za-z0-9_]*)+")
_TYPE: Final = re.compile(r"([a-z][a-z0-9_]*)/msg/([A-Z][A-Za-z0-9]*)")


def dds_topic(ros_topic: str) -> str:
    """The DDS name of a topic: `/lowcmd` is `rt/lowcmd`. Raises UserError for a name that ROS 2 refuses."""
    if not _TOPIC.fullmatch(ros_topic):
        raise UserError(
            f"topic '{ros_topic}' is not valid: it takes a form such as /lowcmd or /robot/joint_states"
        )
    return TOPIC_PREFIX + ros_topic


def dds_type(ros_type: str) -> str:
    """The DDS name of a type: `unitree_hg/msg/LowCmd` is `unitree_hg::msg::dds_::LowCmd_`.

    Raises UserError for a name that ROS 2 refuses.
    """
    match = _TYPE.fullmatch(ros_type)
    if match is None:
        raise UserError(f"type '{ros_type}' is not valid: it takes a form such as std_msgs/msg/Header")
    package, name = match.groups()
    return f"{package}::msg::dds_::{name}_"
