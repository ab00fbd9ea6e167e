"""Makes a scenario of a seed: deliveries of every kind that matters, wave by wave, with all that disturbs them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from local.sandboxes.recurly.faults import Kind as Fault
from shared.accounts.catalogue import STAGES
from tests.worlds.scenario import DELETED, UPDATED, Billed, Delivery, Poison, Scenario, Trouble, Wave, Wish
from tests.worlds.town import BANDS, NOISE, OWNERS, Kind, Life, amount, an_owner, another_band, lives

DELIVERIES = 2_000
A_CUSTOMER = 21
"""Deliveries."""
DUPLICATED = 0.2
LATE = 0.1
"""Of words that a whole one of their wave outdoes: they come a wave later."""
CROSSES = 0.3
"""Of customers in a wave: they pay something else altogether."""
REUSED = 0.03
"""Of deliveries: they bear the id of another one."""
CLASHES = 0.1
"""Of words in part: they bear a version that is known already, and say something else."""
WAVES = 6
GONE, BACK = 2, 4
"""The waves in which some records are deleted, and come back."""
TOLD_APART = 2
"""Before this wave nobody says which records are one customer's that came apart."""
OVERRIDDEN, CLEARED = 2, 4
"""The waves before which some tiers are set by hand, and some of these are cleared."""
OVERRIDES = 8
HOURS = 20
"""That every other one of them lasts: beyond the last wave, within the day after it."""
POISONED, REPAIRED = 3, 4
TROUBLED = (1, 2, REPAIRED)
TROUBLES = (
    Trouble(Fault.RATE_LIMITED, 3, 2.0),
    Trouble(Fault.ERROR, 3),
    Trouble(Fault.TRUNCATED, 3),
    Trouble(Fault.SLOW, 2, 0.2),
)
TIERS = ("tier-1", "tier-2", "tier-3")
PROFILE: Mapping[str, Sequence[str | None]] = {"plan": ("basic", "team", "business", None), "stage": (*STAGES, None)}
"""What a leading record says besides, null too."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a record says something: in each there is a whole word, before it as many in part as there is room for."""

    life: Life
    wave: int
    record: str
    """None of ours: the billing system's."""


def make(seed: str, deliveries: int = DELIVERIES) -> Scenario:
    return _Maker(seed, deliveries).scenario()


class _Maker:
    def __init__(self, seed: str, deliveries: int) -> None:
        self.seed = seed
        self.random = Random(f"worlds/{seed}")
        self.originals = round(deliveries / (1 + DUPLICATED))
        self.duplicates = deliveries - self.originals
        self.lives = [*lives(max(24, deliveries // A_CUSTOMER), self.random)]
        self.said: list[list[Delivery]] = [[] for _ in range(WAVES)]
        self.charges: list[dict[Billed, str]] = [{} for _ in range(WAVES)]
        self.made = 0
        self.wishes = self._wishes()

    def scenario(self) -> Scenario:
        for life in self.lives:
            self._founded(life)
        places = [place for life in self.lives for place in _places(life)]
        roomy = [place for place in places if place.life.kind in (Kind.PLAIN, Kind.BILLED, Kind.DOUBLE)]
        twice = [place for place in places if place.life.poison is Poison.RAISES and place.wave == POISONED]
        left = self.originals - self.made - len(places) - len(twice)
        parts = Counter([*self.random.choices(roomy, k=left), *twice])
        for wave in range(1, WAVES):
            for life in self.lives:
                self._moves(life, wave)
            for place in places:
                if place.wave == wave:
                    self._speaks(place, parts[place])
        self._duplicated()
        for deliveries in self.said:
            self.random.shuffle(deliveries)
        return Scenario(
            self.seed, [life.customer for life in self.lives], [self._wave(number) for number in range(WAVES)], OWNERS
        )

    def _wave(self, number: int) -> Wave:
        poison = {f"generic:{life.lead}": life.poison for life in self.lives if life.poison and number == POISONED}
        repaired = [f"generic:{life.lead}" for life in self.lives if life.repaired and number == REPAIRED]
        troubles = TROUBLES if number in TROUBLED else ()
        return Wave(self.said[number], self.charges[number], troubles, poison, repaired, self.wishes.get(number, ()))

    def _wishes(self) -> Mapping[int, Sequence[Wish]]:
        leads = [f"generic:{life.lead}" for life in self.lives if life.kind is Kind.PLAIN][:OVERRIDES]
        hours = (None, HOURS)
        wished = [Wish(lead, self.random.choice(TIERS), hours[place % 2]) for place, lead in enumerate(leads)]
        return {OVERRIDDEN: wished, CLEARED: [Wish(lead, None) for lead in leads[::4]]}

    def _founded(self, life: Life) -> None:
        self._whole(_Place(life, 0, life.lead))
        if life.kind is Kind.JOINED:
            self._whole(_Place(life, 0, life.customer.records[1]))

    def _moves(self, life: Life, wave: int) -> None:
        """To another tier or to another owner, never both at once: an alert's mail then has one reader for sure."""
        first_billed = life.kind is Kind.BILLED and wave == 1
        if self.random.random() < CROSSES and not first_billed:
            life.band = another_band(life.band, self.random)
        elif self.random.random() < CROSSES:
            life.owner = an_owner(self.random)
        if life.customer.billed:
            self.charges[wave][life.customer.billed] = amount(life.band, self.random)

    def _speaks(self, place: _Place, parts: int) -> None:
        if place.life.customer.billed and place.record == place.life.customer.billed.code:
            for _ in range(1 + parts):
                self._hint(place)
        elif place.life.kind is Kind.FADING and place.wave == GONE:
            self._say(place, {}, kind=DELETED)
        else:
            known = place.life.versions.get(place.record, 0)
            for _ in range(parts):
                if known and self.random.random() < CLASHES:
                    self._clash(place, known)
                else:
                    self._part(place)
            self._whole(place)

    def _whole(self, place: _Place) -> None:
        life = place.life
        data: dict[str, Any] = {"fields": {"mrr": self._mrr(place)}}
        if place.record == life.lead:
            data["name"] = f"Customer {life.lead}"
            data["fields"] |= {"owner": life.owner, **self._profile("plan"), **self._profile("stage")}
            data["external_ids"] = self._stated(place)
        self._say(place, data)

    def _profile(self, name: str) -> Mapping[str, Any]:
        return {name: self.random.choice(PROFILE[name])}

    def _stated(self, place: _Place) -> Mapping[str, Any]:
        life = place.life
        apart = life.kind is Kind.JOINED and place.wave < TOLD_APART
        return {
            "generic": [] if apart else list(life.customer.records[1:]),
            "recurly": life.customer.billed and life.customer.billed.code,
        }

    def _part(self, place: _Place) -> None:
        """Comes a wave late now and then: whatever it says is outdone by then."""
        fields: dict[str, Any] = {"mrr": self._mrr(place)}
        if place.record == place.life.lead and self.random.random() < 0.3:
            fields = {**self._profile(self.random.choice([*PROFILE]))}
        late = self.random.random() < LATE and place.wave < WAVES - 1 and place.life.kind is not Kind.POISONED
        self._say(place, {"fields": fields}, late=late)

    def _clash(self, place: _Place, version: int) -> None:
        """The version that the last wave ended with, and quite another amount: it changes nothing."""
        mrr = amount(another_band(place.life.band, self.random), self.random)
        self._send(place, {"external_id": place.record, "version": version, "fields": {"mrr": mrr}})

    def _mrr(self, place: _Place) -> str:
        life = place.life
        if place.record != life.lead:
            return f"{self.random.randrange(NOISE)}.50"
        if life.kind is Kind.BILLED and place.wave > 1:
            return amount(self.random.randrange(len(BANDS)), self.random)
        return amount(life.band, self.random)

    def _say(self, place: _Place, data: Mapping[str, Any], *, kind: str = UPDATED, late: bool = False) -> None:
        versions = place.life.versions
        versions[place.record] = versions.get(place.record, 0) + 1
        told = {"external_id": place.record, "version": versions[place.record], **data}
        self._send(place, told, kind=kind, late=late)

    def _send(self, place: _Place, data: Mapping[str, Any], *, kind: str = UPDATED, late: bool = False) -> None:
        said = self.said[place.wave + late]
        self.said[place.wave + late].append(Delivery(self._id(said), f"generic:{place.record}", kind, data))

    def _hint(self, place: _Place) -> None:
        billed = place.life.customer.billed
        if billed:
            said = self.said[place.wave]
            said.append(Delivery(self._id(said), f"recurly:{billed.code}", object_id=billed.id))

    def _id(self, said: list[Delivery]) -> str:
        self.made += 1
        return self.random.choice(said).id if said and self.random.random() < REUSED else f"msg-{self.made:05}"

    def _duplicated(self) -> None:
        """In the same wave or in any later one; where a record is poison each repeat would die by itself."""
        careful = {f"generic:{life.lead}" for life in self.lives if life.kind is Kind.POISONED}
        fit = [(number, one) for number, said in enumerate(self.said) for one in said if one.record not in careful]
        for number, one in self.random.choices(fit, k=self.duplicates):
            self.said[self.random.randrange(number, WAVES)].append(one)


def _places(life: Life) -> Iterator[_Place]:
    """After the founding."""
    for wave in range(1, WAVES):
        if life.kind is Kind.POISONED and wave > POISONED and not life.repaired:
            return
        if life.kind is Kind.FADING and GONE < wave < BACK:
            continue
        yield _Place(life, wave, life.lead)
        if life.kind is Kind.DOUBLE or (life.kind is Kind.JOINED and wave != TOLD_APART):
            yield _Place(life, wave, life.customer.records[1])
        if life.customer.billed:
            yield _Place(life, wave, life.customer.billed.code)
