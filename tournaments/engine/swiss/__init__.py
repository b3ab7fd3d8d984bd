"""Swiss tournaments: pairing the next round, and the files they are exchanged in."""

from .contenders import broken_rules
from .dutch import (
    BoardReasons,
    DecidedBracket,
    DutchEngine,
    PairingUnfinished,
    Progress,
    Reason,
    RoundReasons,
    Step,
    explained,
    reasons_for,
)
from .quality import quality_of
from .quick_engine import QuickEngine
from .task import (
    NoPairingPossible,
    PairingFailed,
    PairingTask,
    SwissEngine,
    SwissPairing,
    VirtualPoints,
)
from .trf import pairing_text, read_report, read_trf, write_report, write_trf
from .trf_cells import TrfError
from .trf_report import Prohibition, Report
