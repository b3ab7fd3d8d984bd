"""Answers of start.gg's API about an event, with the fields of its sets, slots and standings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
#: Who wins of two seeds, and both scores (-1 for who was disqualified).
Play = Callable[[int, int], tuple[int, int, int]]
FIRST_ID = 15_400_000


@dataclass
class Event:
    """An event there, in the making."""

    names: Sequence[str]
    sets: list[Json] = field(default_factory=list)
    phases: list[Json] = field(default_factory=list)
    places: dict[int, int] = field(default_factory=dict)

    def phase(self, kind: str, *groups: str, name: str = "Bracket") -> Json:
        """A phase, with groups of these names."""
        number = len(self.phases) + 1
        nodes = [
            {"id": 2_500_000 + 100 * number + place, "displayIdentifier": group, "state": 3,
             "bracketType": kind, "phase": {"id": 1_700_000 + number}}
            for place, group in enumerate(groups or ("1",), start=1)
        ]  # fmt: skip
        phase = {"id": 1_700_000 + number, "name": name, "bracketType": kind, "phaseOrder": number,
                 "groupCount": len(nodes), "numSeeds": len(self.names), "state": "COMPLETED",
                 "isExhibition": False, "phaseGroups": {"nodes": nodes}}  # fmt: skip
        self.phases.append(phase)
        return phase

    def add(self, phase: Json, round_: int, *sides: tuple[str, Any], text: str = "", group: int = 0,
            best_of: int | None = 3) -> Json:  # fmt: skip
        """A set; its sides are `("seed", 3)`, `("won", set)`, `("lost", set)`, `("bye", None)`."""
        number = len(self.sets) + 1
        made: Json = {
            "id": 70_800_000 + number, "state": 1, "round": round_, "identifier": f"S{number}",
            "fullRoundText": text or f"Round {round_}", "winnerId": None, "totalGames": best_of,
            "displayScore": None, "completedAt": None, "startedAt": None, "hasPlaceholder": False,
            "lPlacement": 3, "wPlacement": 1, "vodUrl": None, "games": None, "station": None,
            "phaseGroup": phase["phaseGroups"]["nodes"][group],
            "slots": [self._slot(place, *side) for place, side in enumerate(sides)],
        }  # fmt: skip
        self.sets.append(made)
        return made

    def _slot(self, place: int, kind: str, of: Any) -> Json:
        slot: Json = {"id": f"{len(self.sets)}-{place}", "slotIndex": place, "entrant": None,
                      "prereqType": "set", "prereqId": None, "prereqPlacement": None,
                      "seed": None, "standing": None}  # fmt: skip
        if kind in {"seed", "bye"}:
            slot |= {"prereqType": kind, "prereqId": str(900 + place)}
            if kind == "seed":
                slot["entrant"] = self.entrant(of)
        else:
            slot |= {"prereqId": str(of["id"]), "prereqPlacement": 1 if kind == "won" else 2}
        return slot

    def entrant(self, seed: int) -> Json:
        """An entrant as the API names one."""
        name = self.names[seed - 1]
        return {"id": FIRST_ID + seed, "name": name, "initialSeedNum": seed, "skill": None,
                "isDisqualified": False,
                "participants": [{"id": 50 + seed, "gamerTag": name, "prefix": None}]}  # fmt: skip

    def play(self, play: Play, *, most: int = 10_000) -> None:
        """Play the sets that can be played, in order; a bye is complete without a score."""
        by_id = {str(one["id"]): one for one in self.sets}
        left = most
        for one in self.sets:
            slots = one["slots"]
            for slot in slots:
                before = by_id.get(str(slot["prereqId"]))
                if slot["prereqType"] == "set" and before and before["winnerId"]:
                    self._follow(slot, before)
            here = [slot["entrant"] for slot in slots]
            nobody = [
                slot
                for slot in slots
                if slot["entrant"] is None
                and (slot["prereqType"] == "bye" or by_id[str(slot["prereqId"])]["state"] == 3)
            ]
            if nobody and any(here):
                one |= {"state": 3, "winnerId": next(e["id"] for e in here if e)}
                continue
            if None in here or not left or one["state"] == 3:
                continue
            final = by_id.get(str(slots[0]["prereqId"]))
            if "Reset" in one["fullRoundText"] and final and (
                final["winnerId"] == final["slots"][0]["entrant"]["id"]
            ):  # fmt: skip
                slots[0]["entrant"] = slots[1]["entrant"] = None
                continue
            left -= 1
            first, second = (e["id"] - FIRST_ID for e in here)
            won, *scores = play(first, second)
            shown = "DQ" if -1 in scores else f"{scores[0]} - {scores[1]}"
            one |= {"state": 3, "winnerId": FIRST_ID + won if won else None,
                    "completedAt": 1_714_845_600, "displayScore": shown}  # fmt: skip
            for slot, score in zip(slots, scores, strict=True):
                slot["standing"] = {
                    "placement": 1 if slot["entrant"]["id"] == one["winnerId"] else 2,
                    "stats": {"score": {"label": "Games", "value": score,
                                        "displayValue": str(score)}},
                }  # fmt: skip

    def _follow(self, slot: Json, before: Json) -> None:
        here = [one["entrant"] for one in before["slots"] if one["entrant"]]
        won = slot["prereqPlacement"] == 1
        found = [one for one in here if (one["id"] == before["winnerId"]) is won]
        slot["entrant"] = found[0] if found else None

    def pages(self, *, state: str = "COMPLETED") -> list[Json]:
        """What the API answers: its sets on two pages."""
        half = len(self.sets) // 2
        event: Json = {
            "id": 1_100_000, "name": "Melee Singles", "slug": "tournament/harbour/event/melee",
            "state": state, "startAt": 1_714_831_200, "numEntrants": len(self.names),
            "videogame": {"id": 1, "name": "Melee"}, "tournament": {"id": 5, "name": "Harbour"},
            "phases": self.phases,
        }  # fmt: skip
        standings = [{"placement": place, "entrant": self.entrant(seed)}
                     for seed, place in self.places.items()]  # fmt: skip
        info = {"total": len(self.sets), "totalPages": 2, "page": 1, "perPage": half}
        rest: Json = {
            "entrants": {"pageInfo": info,
                         "nodes": [self.entrant(n) for n in range(1, len(self.names) + 1)]},
            "standings": {"nodes": standings},
        }  # fmt: skip
        pages = [self.sets[:half], self.sets[half:]]
        return [
            {"data": {"event": event | rest | {"sets": {"pageInfo": info, "nodes": nodes}}},
             "extensions": {"cacheControl": {"version": 1}}, "actionRecords": []}
            for nodes in pages
        ]  # fmt: skip


def double_of_six(event: Event) -> None:
    """A double elimination of six as start.gg draws it: its sets with byes are among the others."""
    phase = event.phase("DOUBLE_ELIMINATION")
    byes = [event.add(phase, 1, ("seed", 1), ("bye", None)),
            event.add(phase, 1, ("seed", 2), ("bye", None))]  # fmt: skip
    opening = [event.add(phase, 1, ("seed", 4), ("seed", 5)),
               event.add(phase, 1, ("seed", 3), ("seed", 6))]  # fmt: skip
    semis = [event.add(phase, 2, ("won", byes[0]), ("won", opening[0]), text="Winners Semi-Final"),
             event.add(phase, 2, ("won", byes[1]), ("won", opening[1]),
                       text="Winners Semi-Final")]  # fmt: skip
    empty = [event.add(phase, -1, ("lost", byes[0]), ("lost", opening[0])),
             event.add(phase, -1, ("lost", byes[1]), ("lost", opening[1]))]  # fmt: skip
    second = [event.add(phase, -2, ("lost", semis[1]), ("won", empty[0])),
              event.add(phase, -2, ("lost", semis[0]), ("won", empty[1]))]  # fmt: skip
    winners = event.add(phase, 3, ("won", semis[0]), ("won", semis[1]), best_of=5)
    third = event.add(phase, -3, ("won", second[0]), ("won", second[1]))
    losers = event.add(phase, -4, ("lost", winners), ("won", third), best_of=5)
    final = event.add(phase, 4, ("won", winners), ("won", losers), text="Grand Final", best_of=5)
    event.add(phase, 4, ("won", final), ("lost", final), text="Grand Final Reset", best_of=5)
