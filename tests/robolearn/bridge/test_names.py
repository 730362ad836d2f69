"""Names on DDS."""

import pytest

from bridge_messages import all_messages
from robolearn.bridge.names import dds_topic, dds_type
from robolearn.errors import UserError


@pytest.mark.parametrize(
    ("name", "expected"),
    [("/lowcmd", "rt/lowcmd"), ("/dex3/left/cmd", "rt/dex3/left/cmd"), ("/joint_states", "rt/joint_states")],
)
def test_topics(name: str, expected: str) -> None:
    assert dds_topic(name) == expected


@pytest.mark.parametrize("name", ["lowcmd", "/", "//lowcmd", "/low cmd", "/1st", "/lowcmd/", "rt/lowcmd", ""])
def test_a_topic_that_ros_refuses(name: str) -> None:
    with pytest.raises(UserError, match=f"topic '{name}' is not valid"):
        dds_topic(name)


def test_types() -> None:
    assert dds_type("unitree_hg/msg/LowCmd") == "unitree_hg::msg::dds_::LowCmd_"
    assert dds_type("tf2_msgs/msg/TFMessage") == "tf2_msgs::msg::dds_::TFMessage_"
    assert len({dds_type(kind.ROS_TYPE) for kind in all_messages()}) == len(all_messages())


@pytest.mark.parametrize("name", ["LowCmd", "unitree_hg/LowCmd", "unitree_hg/msg/lowCmd", "a/srv/B"])
def test_a_type_that_ros_refuses(name: str) -> None:
    with pytest.raises(UserError, match=f"type '{name}' is not valid"):
        dds_type(name)
