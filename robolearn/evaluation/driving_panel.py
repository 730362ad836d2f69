"""A panel of MuJoCo Studio with the sliders and keys that drive a robot."""

from mujoco.studio import messages, plugin
from mujoco.studio.dear_imgui import dear_imgui as imgui

from robolearn.evaluation.driving import ENTRIES, KEYS, STOP, Steering


class DrivingPanel(plugin.ViewerPlugin):
    """Sliders that follow the keys, and a button to stop."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    @messages.handler
    def press_keys(self, _: messages.UpdateEvent) -> bool:
        """Pass on the keys of this frame; True keeps them from Studio, which pauses with the same key."""
        if imgui.GetIO().WantCaptureKeyboard:
            return False
        pressed = [key for key in KEYS if imgui.IsKeyPressed(getattr(imgui.Key, key))]
        for key in pressed:
            self._steering.press(key)
        return bool(pressed)

    @messages.handler
    def build(self, _: messages.BuildGuiEvent) -> None:
        """Draw the panel."""
        if imgui.Begin("Drive"):
            for place, entry in enumerate(ENTRIES):
                self._slider(place, f"{entry.name} [{entry.unit}]")
                imgui.SetItemTooltip(f"{entry.more}, {entry.less}")
            if imgui.Button("stop"):
                self._steering.stop()
            imgui.SetItemTooltip(STOP)
        imgui.End()

    def _slider(self, place: int, label: str) -> None:
        lower, upper = self._steering.limits[place]
        changed, value = imgui.SliderFloat(label, self._steering.command[place], lower, upper, "%.2f")
        if changed:
            self._steering.set(place, value)
