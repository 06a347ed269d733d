"""An OPC UA server of asyncua with a small address space, and the writes it received.

asyncua fills some 5,000 standard nodes before a server starts, which takes seconds; a client of a plant needs about
forty: the roots, the reference types that browsing follows, the arrays of namespaces and servers, state and limits. The
services, the wire and the checks of type and access stay those of asyncua.

Covers: objects with variables and properties in several namespaces, typed writes. Does not cover: subscriptions with
events, methods, security.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

from asyncua import ua
from asyncua.common.callback import CallbackType
from asyncua.server.internal_server import InternalServer
from asyncua.server.server import Server

MOST = 2000
"""Writes kept."""
WAIT_S = 10.0

REFERENCES = (
    (31, "References", 0), (33, "HierarchicalReferences", 31), (32, "NonHierarchicalReferences", 31), (34, "HasChild", 33),
    (35, "Organizes", 33), (44, "Aggregates", 34), (45, "HasSubtype", 34), (46, "HasProperty", 44), (47, "HasComponent", 44),
    (40, "HasTypeDefinition", 32),
)  # fmt: skip
"""Reference types: number, name, supertype."""

OBJECTS = ((85, "Objects", 84), (86, "Types", 84), (87, "Views", 84), (2253, "Server", 85))
VARIABLES = (
    (2254, "ServerArray", ["urn:plant"]), (2255, "NamespaceArray", ["http://opcfoundation.org/UA/"]),
    (2259, "State", ua.Variant(0, ua.VariantType.Int32)), (2267, "ServiceLevel", ua.Variant(255, ua.VariantType.Byte)),
    (11705, "MaxNodesPerRead", ua.Variant(1000, ua.VariantType.UInt32)),
    (11707, "MaxNodesPerWrite", ua.Variant(1000, ua.VariantType.UInt32)),
    (11710, "MaxNodesPerBrowse", ua.Variant(1000, ua.VariantType.UInt32)),
    (11712, "MaxNodesPerTranslate", ua.Variant(1000, ua.VariantType.UInt32)),
)  # fmt: skip


class Peer:
    """The server and its record."""

    def __init__(self) -> None:
        self._writes: list[dict[str, Any]] = []
        self._nodes: dict[str, Any] = {}
        self._sessions = 0

    def start(self, script: dict[str, Any]) -> None:
        """Serve the script's variables on its port."""
        logging.disable(logging.CRITICAL)
        self._script = script
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True).start()
        if not self._up.wait(WAIT_S):
            raise RuntimeError("the OPC UA server did not start")

    def record(self) -> dict[str, Any]:
        """Writes in order as they were asked for, and the values at the end, both by name of the variable."""
        return {
            "writes": self._writes,
            "values": asyncio.run_coroutine_threadsafe(self._values(), self._loop).result(WAIT_S),
        }

    async def _values(self) -> dict[str, Any]:
        return {name: float(await node.read_value()) for name, node in self._nodes.items()}

    async def _serve(self) -> None:
        server = Server(Small())
        await server.iserver.init()
        server.set_endpoint(f"opc.tcp://127.0.0.1:{self._script['port']}{self._script['path']}")
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        for uri in self._script["namespaces"]:
            await server.register_namespace(uri)
        folders: dict[tuple[int, str], Any] = {}
        for item in self._script["variables"]:
            index = await server.get_namespace_index(item["namespace"])
            key = (index, item["object"])
            if key not in folders:
                folders[key] = await server.nodes.objects.add_object(index, item["object"])
            kind = ua.VariantType[item["type"]]
            node = await folders[key].add_variable(index, item["variable"], item["value"], kind)
            if item["writable"]:
                await node.set_writable()
            for name, value in item["properties"].items():
                await node.add_property(index, name, value, kind)
            self._nodes[item["name"]] = node
        self._names = {node.nodeid: name for name, node in self._nodes.items()}
        server.subscribe_server_callback(CallbackType.PreWrite, self._note)
        await server.start()
        self._up.set()
        await asyncio.Event().wait()

    def _note(self, event: Any, dispatcher: Any) -> None:
        """Keep a write that came over the wire, before the server decides on it."""
        if not getattr(event, "is_external", True):
            return
        for item in event.request_params.NodesToWrite:
            if len(self._writes) < MOST:
                variant = item.Value.Value
                value = variant.Value if isinstance(variant.Value, (int, float)) else None
                self._writes.append(
                    {"name": self._names.get(item.NodeId, ""), "type": variant.VariantType.name, "value": value}
                )


def _id(number: int) -> ua.NodeId:
    """Identifier of a standard node."""
    return ua.NodeId(ua.Int32(number))


class Small(InternalServer):
    """asyncua's server core over the few standard nodes that clients use."""

    async def init(self, shelffile: Any = None) -> None:
        """Fill the address space."""
        none, add = ua.NodeId(), self._add
        add(84, "Root", ua.NodeClass.Object, none, none)
        for number, name, above in REFERENCES:
            parent = _id(above) if above else none
            add(number, name, ua.NodeClass.ReferenceType, parent, _id(45) if above else none)
        for number, name in ((58, "BaseObjectType"), (61, "FolderType")):
            add(number, name, ua.NodeClass.ObjectType, none, none)
        for number, name in ((62, "BaseVariableType"), (63, "BaseDataVariableType"), (68, "PropertyType")):
            add(number, name, ua.NodeClass.VariableType, none, none)
        for number, name, above in OBJECTS:
            add(number, name, ua.NodeClass.Object, _id(above), _id(35))
        for number, name, value in VARIABLES:
            add(number, name, ua.NodeClass.Variable, _id(2253), _id(46), value)

    def _add(self, number: int, name: str, kind: Any, parent: Any, reference: Any, value: Any = None) -> None:
        """One standard node.

        Raises:
            RuntimeError: if asyncua does not take it.
        """
        item = ua.AddNodesItem()
        item.RequestedNewNodeId, item.BrowseName, item.NodeClass = _id(number), ua.QualifiedName(name, 0), kind
        item.ParentNodeId, item.ReferenceTypeId = parent, reference
        attributes = getattr(ua, f"{kind.name}Attributes")()
        attributes.DisplayName = ua.LocalizedText(name)
        if kind == ua.NodeClass.Variable:
            attributes.Value = value if isinstance(value, ua.Variant) else ua.Variant(value)
            attributes.DataType = _id(attributes.Value.VariantType.value)
            attributes.ValueRank = 1 if isinstance(value, list) else -1
        item.NodeAttributes = attributes
        if list(self.node_mgt_service.try_add_nodes([item], check=False)):
            raise RuntimeError(f"the node {name} was refused")

    async def start(self) -> None:
        """Nothing more to start: no clock, no status to write."""
