"""What this app's rows look like on the wire: a module of structs for each noun."""

from .briefs import Brief, EntrantBrief, StageBrief, tournament_url
from .matches import Match, Side, Source, Sources, sources_of, sources_to
from .tournaments import Bye, Round, Tournament, whole_tournament
