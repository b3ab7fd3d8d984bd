"""What the tournament engines refuse."""


class EngineError(ValueError):
    """The caller asked for something that the rules of the format do not allow."""


class TooFewEntrants(EngineError):
    """A bracket, table or round needs at least two entrants."""


class UnknownPairing(EngineError):
    """There is no pairing with that key in this bracket."""


class PairingNotReady(EngineError):
    """The pairing has not got two entrants yet, or is decided without play."""


class PairingAlreadyDecided(EngineError):
    """The pairing has an outcome: reopen or correct it instead."""


class PairingNotDecided(EngineError):
    """The pairing has no outcome that could be reopened or corrected."""
