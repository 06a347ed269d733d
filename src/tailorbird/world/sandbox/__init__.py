"""Untrusted programs, run with everything but their own folder out of reach."""

from .box import Box, Session, backends
from .errors import SandboxError, SessionOver
from .job import GUARANTEES, POLICIES, Fault, Invoke, Job, Limits, Opaque, Report

__all__ = [
    "GUARANTEES",
    "POLICIES",
    "Box",
    "Fault",
    "Invoke",
    "Job",
    "Limits",
    "Opaque",
    "Report",
    "SandboxError",
    "Session",
    "SessionOver",
    "backends",
]
