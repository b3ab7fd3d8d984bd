"""Swiss tournaments: pairing the next round, and the files they are exchanged in.

The Dutch system is in `gacrux_engine`, apart, since its dependency takes a moment to import.
"""

from tournaments.engine.swiss.contenders import broken_rules
from tournaments.engine.swiss.quick_engine import QuickEngine
from tournaments.engine.swiss.task import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    SwissEngine,
    SwissPairing,
    VirtualPoints,
)
from tournaments.engine.swiss.trf import pairing_text, read_trf, write_trf
from tournaments.engine.swiss.trf_cells import TrfError

__all__ = [
    "NoPairingPossible",
    "PairingFailed",
    "PairingTask",
    "QuickEngine",
    "SwissEngine",
    "SwissPairing",
    "TrfError",
    "VirtualPoints",
    "broken_rules",
    "pairing_text",
    "read_trf",
    "write_trf",
]
