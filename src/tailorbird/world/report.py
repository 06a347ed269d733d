"""What is said to the person, built from what was observed, never from what was meant.

English and Chinese. Covers: done, already, not confirmed, partly, refused, asked, readings. Does not cover: free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from tailorbird.core.thing import State, Thing

Language = Literal["en", "zh"]

_WORDS: Mapping[str, tuple[str, str]] = {
    "done": ("Done: {}.", "已完成：{}。"),
    "already": ("Already so: {}.", "已经如此：{}。"),
    "unconfirmed": ("Asked, not confirmed by the device: {}.", "已发出，设备未确认：{}。"),
    "unreachable": ("Could not be reached, nothing confirmed: {}.", "无法连接，未确认：{}。"),
    "refused": ("Not done: {}.", "未执行：{}。"),
    "asked": ("Needs your yes: {}.", "需要您确认：{}。"),
    "reading": ("{}.", "{}。"),
    "condition": ("The condition does not hold, nothing was done: {}.", "条件不成立，未执行：{}。"),
    "note": ("{}.", "{}。"),
}

_NAMES: Mapping[str, str] = {
    "on": "开关", "brightness": "亮度", "color": "颜色", "kelvin": "色温", "mode": "模式", "setpoint": "设定温度",
    "temperature": "温度", "humidity": "湿度", "co2": "二氧化碳", "position": "位置", "state": "状态", "speed": "风速",
    "volume": "音量", "muted": "静音", "battery": "电量", "open": "开启", "occupied": "有人", "home": "在家",
    "illuminance": "照度", "power": "功率", "energy": "电能", "jammed": "卡住", "smoke": "烟雾", "leak": "漏水",
    "active": "运行", "silenced": "消音",
}  # fmt: skip

_VALUES: Mapping[str, str] = {
    "open": "打开", "closed": "关闭", "opening": "正在打开", "closing": "正在关闭", "locked": "已上锁",
    "unlocked": "未上锁", "locking": "正在上锁", "unlocking": "正在开锁", "playing": "播放中", "paused": "已暂停",
    "idle": "空闲", "docked": "在充电座", "cleaning": "清扫中", "returning": "返回中", "off": "关闭", "heat": "制热",
    "cool": "制冷", "auto": "自动", "home": "在家布防", "away": "离家布防", "disarmed": "已撤防", "white": "白色",
    "red": "红色", "orange": "橙色", "yellow": "黄色", "green": "绿色", "cyan": "青色", "blue": "蓝色", "purple": "紫色",
    "pink": "粉色",
}  # fmt: skip

_UNITS: Mapping[str, str] = {"Cel": "°C", "%": "%", "K": "K", "ppm": "ppm", "lx": "lx", "W": "W", "kW.h": "kWh"}


def sentence(what: str, parts: Iterable[str], language: Language) -> str:
    """One sentence of a kind over some parts."""
    joint = "；" if language == "zh" else "; "
    return _WORDS[what][language == "zh"].format(joint.join(parts))


def title(thing: Thing, language: Language) -> str:
    """How the thing is called in a language: its title, or the first alias in Chinese script."""
    if language == "zh":
        return next((name for name in (thing.title, *thing.aliases) if _chinese(name)), thing.title)
    return thing.title


def _chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def language_of(text: str) -> Language:
    """Chinese when the text has Chinese characters, else English."""
    return "zh" if _chinese(text) else "en"


def describe(thing: Thing, names: Sequence[str], state: State, language: Language) -> str:
    """Observed values of some properties of a thing: `Kitchen light: on, brightness 30 %`."""
    words = [_property(thing, name, state.get(thing.id, name), language) for name in names]
    if language == "zh":
        return f"{title(thing, 'zh')}：{'，'.join(words)}"
    return f"{thing.title}: {', '.join(words)}"


def _property(thing: Thing, name: str, value: Any, language: Language) -> str:
    zh = language == "zh"
    if value is None:
        return f"{_NAMES.get(name, name)}未知" if zh else f"{name} unknown"
    if name == "on":
        return ("开" if value else "关") if zh else ("on" if value else "off")
    if isinstance(value, bool):
        shown = ("是" if value else "否") if zh else ("yes" if value else "no")
    elif isinstance(value, (int, float)):
        property = thing.property(name)
        unit = _UNITS.get(property.unit, property.unit) if property else ""
        shown = f"{value:g} {unit}".rstrip()
    else:
        shown = _VALUES.get(value, value) if zh else str(value)
        if name in ("state", "color"):
            return shown
    return f"{_NAMES.get(name, name) if zh else name} {shown}"
