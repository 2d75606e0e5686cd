"""How much is validated: everything for the docs page, or a quick look."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

from benchmarks.measuring_peers import ContestKind, Recipe, recipes
from benchmarks.other_shapes import OTHER_SHAPES
from benchmarks.trials import Skin

#: No map of the validation has the seed of a map of the tests, or of one that a constant of
#: measuring was chosen on.
FIRST_SEED = 500_000
_TUNING_SEED, _PEER_SEED, _CLEAR_SEED, _OTHER_SEED = 700_000, 710_000, 600_000, 620_000
#: The seeds of the maps on which the peers are tuned along the axes.
_AXIS_TUNING_SEED = 720_000
#: The axes along which the peers are shown; a nose bends more than any polynomial follows.
PEER_AXES = ("noise_um", "relief_um", "pitch_mm", "cover")
#: The scars of the field of 40 x 40 mm on which cover and peers are tried: the standard mix, less.
_FEWER = (("ice_pick", 4), ("boxcar", 5), ("rolling", 2), ("linear", 1), ("papular", 2))
#: The scars on a nose.
_ON_A_NOSE = (("ice_pick", 4), ("boxcar", 5), ("rolling", 1), ("linear", 1), ("papular", 2))
#: Noise and relief of clear skin, from smooth and noisy to coarse and quiet.
CLEAR_TEXTURES_UM = ((10.0, 20.0), (5.0, 40.0), (40.0, 10.0), (20.0, 20.0))


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One thing that is varied while all else stays standard: the kinds of skin along it."""

    name: str
    title: str
    unit: str
    points: tuple[tuple[float, Skin, int], ...]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of skin on which the peers are tuned and compared."""

    name: str
    skin: Skin
    tuning_maps: int
    maps: int


@dataclass(frozen=True, kw_only=True)
class ValidationSettings:
    """The sizes of one run."""

    name: str
    standard: Skin
    standard_maps: int
    axes: tuple[Axis, ...]
    clear: Skin
    clear_maps: int
    others: tuple[tuple[str, int], ...]
    kinds: tuple[Kind, ...]
    grid: tuple[Recipe, ...]
    #: Along the axes: of each point so many maps, and the recipes that are tried.
    axis_maps: int
    axis_grid: tuple[Recipe, ...]
    iso_side: int

    def seeds(self, axis: int, point: int, maps: int) -> range:
        """The seeds of one point of one axis (0: the standard)."""
        first = FIRST_SEED + 10_000 * axis + 500 * point
        return range(first, first + maps)

    def clear_seeds(self) -> range:
        """The seeds of clear skin."""
        return range(_CLEAR_SEED, _CLEAR_SEED + self.clear_maps)

    def other_skins(self) -> list[tuple[Skin, range]]:
        """Skin with scars of each other shape, with its seeds."""
        return [
            (Skin(size_mm=40.0, other=name), range(first, first + maps))
            for first, (name, maps) in zip(
                itertools.count(_OTHER_SEED, 500), self.others, strict=False
            )
        ]

    def contest_kinds(self) -> tuple[ContestKind, ...]:
        """The kinds of skin for the peers, each with its seeds."""
        return tuple(
            ContestKind(
                name=kind.name,
                skin=kind.skin,
                tuning_seeds=range(_TUNING_SEED + first, _TUNING_SEED + first + kind.tuning_maps),
                seeds=range(_PEER_SEED + first, _PEER_SEED + first + kind.maps),
            )
            for first, kind in zip(itertools.count(step=500), self.kinds, strict=False)
        )

    def axis_kinds(self) -> tuple[ContestKind, ...]:
        """The points of the axes for the peers: the first maps of each, and one to tune on."""
        return tuple(
            ContestKind(
                name=axis_kind(axis.name, value),
                skin=skin,
                tuning_seeds=range(tuning := _AXIS_TUNING_SEED + 1000 * number + place, tuning + 1),
                seeds=seeds[: self.axis_maps],
                methods=("threshold",),
            )
            for number, axis in enumerate(self.axes)
            if axis.name in PEER_AXES
            for place, (value, skin, seeds) in enumerate(self._points_of(number, axis))
        )

    def _points_of(self, number: int, axis: Axis) -> list[tuple[float, Skin, range]]:
        """The points of an axis, with the seeds of their maps; the standard is one of them."""
        points = [
            (value, skin, self.seeds(number + 1, place, maps))
            for place, (value, skin, maps) in enumerate(axis.points)
        ]
        own = getattr(self.standard, axis.name)
        if own == own:
            points.append((own, self.standard, self.seeds(0, 0, self.standard_maps)))
        return points


def axis_kind(axis: str, value: float) -> str:
    """What a point of an axis is called as a kind of skin."""
    return f"{axis} {value:g}"


def _axis(name: str, title: str, unit: str, skins: dict[float, tuple[Skin, int]]) -> Axis:
    points = tuple((value, skin, maps) for value, (skin, maps) in skins.items())
    return Axis(name=name, title=title, unit=unit, points=points)


_STANDARD = Skin()
_FIELD = Skin(size_mm=40.0, counts=_FEWER)
_NOISES = (5.0, 20.0, 30.0, 40.0)
#: More maps where scars are hard to see and maps differ.
_RELIEFS = {10.0: 4, 30.0: 8, 40.0: 12}
_PITCHES = {0.03: 2, 0.045: 3, 0.09: 4, 0.12: 4, 0.18: 6, 0.25: 6}
_COVERS = {0.02: 12, 0.05: 8, 0.1: 6, 0.2: 6, 0.3: 6}
_NOSES = (8.0, 10.0, 12.0, 14.0)
_WAVES = (16.0, 20.0, 28.0, 40.0)
_GRID = recipes(degrees=(4, 6, 8), sigmas_mm=(0.1, 0.2), levels_mm=(0.04, 0.06, 0.09))
#: Those of them that the tuning of four kinds of skin ever chose; the watershed never won there.
_AXIS_GRID = recipes(degrees=(6, 8), sigmas_mm=(0.1,), levels_mm=(0.06, 0.09))

FULL = ValidationSettings(
    name="full",
    standard=_STANDARD,
    standard_maps=20,
    axes=(
        _axis("noise_um", "Noise", "µm", {v: (replace(_STANDARD, noise_um=v), 4) for v in _NOISES}),
        _axis(
            "relief_um",
            "Micro-relief",
            "µm",
            {v: (replace(_STANDARD, relief_um=v), maps) for v, maps in _RELIEFS.items()},
        ),
        _axis(
            "pitch_mm",
            "Spacing of samples",
            "mm",
            {v: (replace(_STANDARD, pitch_mm=v), maps) for v, maps in _PITCHES.items()},
        ),
        _axis(
            "cover",
            "Cover by scars",
            "%",
            {100 * v: (Skin(size_mm=40.0, cover=v), maps) for v, maps in _COVERS.items()},
        ),
        _axis(
            "nose_mm",
            "Nose, half-width",
            "mm",
            {v: (Skin(size_mm=40.0, nose_mm=v, counts=_ON_A_NOSE), 12) for v in _NOSES},
        ),
        _axis(
            "wave_mm",
            "Waves, length",
            "mm",
            {v: (replace(_FIELD, wave_mm=v), 6) for v in _WAVES},
        ),
    ),
    clear=Skin(size_mm=40.0, counts=()),
    clear_maps=40,
    others=tuple((name, 12) for name in OTHER_SHAPES),
    kinds=(
        Kind(name="standard", skin=_FIELD, tuning_maps=2, maps=4),
        Kind(name="noise 40 µm", skin=replace(_FIELD, noise_um=40.0), tuning_maps=2, maps=2),
        Kind(name="relief 40 µm", skin=replace(_FIELD, relief_um=40.0), tuning_maps=2, maps=2),
        Kind(name="25 % scarred", skin=Skin(size_mm=40.0, cover=0.25), tuning_maps=2, maps=2),
    ),
    grid=tuple(_GRID),
    axis_maps=1,
    axis_grid=tuple(_AXIS_GRID),
    iso_side=700,
)

_SMALL = Skin(size_mm=20.0, counts=(("boxcar", 2), ("ice_pick", 1), ("papular", 1)))
QUICK = ValidationSettings(
    name="quick",
    standard=_SMALL,
    standard_maps=2,
    axes=(
        _axis("noise_um", "Noise", "µm", {40.0: (replace(_SMALL, noise_um=40.0), 1)}),
        _axis("relief_um", "Micro-relief", "µm", {40.0: (replace(_SMALL, relief_um=40.0), 1)}),
        _axis("pitch_mm", "Spacing of samples", "mm", {0.12: (replace(_SMALL, pitch_mm=0.12), 1)}),
        _axis(
            "cover",
            "Cover by scars",
            "%",
            {20.0: (Skin(size_mm=20.0, cover=0.2, counts=(("boxcar", 1),)), 1)},
        ),
    ),
    clear=Skin(size_mm=20.0, counts=()),
    clear_maps=2,
    others=(("oval", 1),),
    kinds=(Kind(name="standard", skin=_SMALL, tuning_maps=1, maps=1),),
    grid=tuple(recipes(degrees=(4,), sigmas_mm=(0.2,), levels_mm=(0.06, 0.09))),
    axis_maps=1,
    axis_grid=tuple(recipes(degrees=(4,), sigmas_mm=(0.1,), levels_mm=(0.06, 0.09))),
    iso_side=120,
)
