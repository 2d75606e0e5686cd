"""Make the pictures of the README from the demo patient: her plan, and the scan it starts from.

``docs/pictures/plan.png`` is made of the report's own drawings and of the decisions as they stand
in the plan, ``depth_map.png`` and ``profiles.png`` are what ``cicatrix demo`` writes; nothing is
drawn by hand. Needs chromium (on Debian: ``apt-get install chromium``) and the ``report``
extra. Run ``make docs``.
"""

from __future__ import annotations

import io
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from markupsafe import Markup
from PIL import Image, ImageChops

import cicatrix
from cicatrix.exchange.case_file import read_case
from cicatrix.knowledge import Knowledge, load_knowledge
from cicatrix.records import Course, Decision, Plan
from cicatrix.reporting import palette
from cicatrix.reporting.body_map import draw_body_map
from cicatrix.reporting.course_calendar import draw_calendar
from cicatrix.reporting.document import FONTS
from cicatrix.reporting.library import Library
from cicatrix.reporting.raster import png_of
from cicatrix.reporting.references import References
from cicatrix.reporting.scars_page import scan_drawings
from cicatrix.reporting.terminal_page import SIGNS
from cicatrix.reporting.verdicts import NOT_INDICATED, grouped, rules_of
from cicatrix.reporting.words import Words, report_words
from cicatrix.visit import first_visit

PACKAGE = Path(cicatrix.__file__).parent
DEMO = PACKAGE / "examples" / "demo-case.yaml"
PICTURE = Path(__file__).parent / "pictures" / "plan.png"

WIDTH_PX = 900
_TALL_ENOUGH_PX = 3000
_SHARPNESS = 2
_GROUND = "#ffffff"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
)  # fmt: skip
#: The part of the body map that holds the face.
_FACE = "14 0 352 408"
#: Verdicts that are told with their reason, because few treatments carry them.
_TOLD = ("ask", "defer", "avoid")


def main() -> int:
    """Plan for the demo patient, lay the page out, and photograph it."""
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        print("Pictures need chromium, which is not here. On Debian: apt-get install chromium")
        return 1
    knowledge = load_knowledge()
    plan = first_visit(read_case(DEMO), knowledge=knowledge)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "plan.html"
        page.write_text(Poster(plan, knowledge).html(), encoding="utf-8")
        photograph(page, picture=PICTURE, browser=browser)
    print(f"Wrote docs/pictures/{PICTURE.name}")
    drawings = scan_drawings(plan.case.measured[0])
    for name in ("depth_map", "profiles"):
        shown = Image.open(io.BytesIO(png_of(drawings[name])))
        small = shown.resize((shown.width // 2, shown.height // 2), Image.Resampling.LANCZOS)
        small.quantize(256, dither=Image.Dither.NONE).save(
            PICTURE.with_name(f"{name}.png"), optimize=True
        )
        print(f"Wrote docs/pictures/{name}.png")
    return 0


def photograph(page: Path, *, picture: Path, browser: str) -> None:
    """Render a page and keep what is on it, without the empty ground below."""
    picture.parent.mkdir(exist_ok=True)
    raw = page.with_suffix(".png")
    subprocess.run(  # noqa: S603 - a browser that was just looked up, and a page of ours
        [
            browser,
            *_FLAGS,
            f"--user-data-dir={page.parent / 'profile'}",
            f"--force-device-scale-factor={_SHARPNESS}",
            f"--window-size={WIDTH_PX},{_TALL_ENOUGH_PX}",
            f"--screenshot={raw}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shot = Image.open(raw).convert("RGB")
    used = ImageChops.difference(shot, Image.new("RGB", shot.size, _GROUND)).getbbox()
    bottom = used[3] if used else shot.height
    cropped = shot.crop((0, 0, shot.width, bottom))
    cropped.quantize(256, dither=Image.Dither.NONE).save(picture, optimize=True)


class Poster:
    """The plan of one patient on one picture."""

    def __init__(self, plan: Plan, knowledge: Knowledge) -> None:
        self.plan = plan
        self.words: Words = report_words()
        self.library = Library(knowledge, self.words)
        self.scales = knowledge.scales
        self.references = References(knowledge.sources)
        # The middle one: neither the least nor the most that could be done.
        self.course: Course = plan.courses[len(plan.courses) // 2]

    def html(self) -> str:
        """The whole page."""
        style = _trusted(_STYLE.replace("FONTS", _font_faces()).replace("COLOURS", _colours()))
        body = Markup("").join(
            (self._head(), self._top(), self._calendar(), self._gain(), self._foot())
        )
        return f"<!doctype html><meta charset=utf-8><style>{style}</style><main>{body}</main>"

    def _head(self) -> Markup:
        facts = self.plan.case.intake.facts
        wishes = self.plan.case.wishes
        told = [
            f"{facts['sex']}, {self.words.number(float(str(facts['age'])))} years",
            f"Fitzpatrick {facts['fitzpatrick']}",
            f"{facts['acne_severity']} acne",
            f"at most {wishes.max_downtime_days:g} days off a session",
            f"within {wishes.done_within_weeks:g} weeks",
            f"budget {self.words.money(wishes.budget, wishes.currency)}",
        ]
        return Markup(
            "<header><h1>From findings to a course, with reasons</h1><p>{}</p></header>"
        ).format(" · ".join(["An invented patient", *told]))

    def _top(self) -> Markup:
        """The face with the findings, and beside it every treatment by its verdict."""
        drawing = draw_body_map(self.plan.findings, words=self.words).markup()
        face = _trusted(drawing.replace('viewBox="0 0 620 430"', f'viewBox="{_FACE}"'))
        found = Markup("").join(
            Markup("<li>{}</li>").format(
                self.words.capital(
                    self.words.text("map.one", letter=letter, finding=self.words.finding(f))
                )
            )
            for letter, f in zip("ABCDEFGHIJ", self.plan.findings, strict=False)
        )
        return Markup(
            '<div class="top"><section><h2>What was found</h2>{}<ul>{}</ul></section>'
            "<section><h2>All {} treatments, decided</h2>{}</section></div>"
        ).format(
            face,
            Markup("").join((found, self._grades())),
            len(self.plan.decisions),
            self._verdicts(),
        )

    def _grades(self) -> Markup:
        """The scales that the findings fill."""
        told = [
            f"{self.scales[g.scale].short}: {self.words.number(g.value)} of "
            f"{self.words.number(g.maximum)}{g.label and f', {g.label}'}"
            for g in self.plan.grades
            if not math.isnan(g.value) and not g.missing
        ]
        return Markup("").join(Markup('<li class="quiet">{}</li>').format(one) for one in told)

    def _verdicts(self) -> Markup:
        rows = [
            Markup(
                '<div class="row"><span class="pill" style="color:{};background:{}">{} {} {}</span>'
                "<p>{}</p></div>"
            ).format(
                *palette.VERDICT_COLOURS[name],
                SIGNS[name],
                self.words.term("verdict", name),
                len(members),
                self._members(name, members),
            )
            for name, members in grouped(self.plan.decisions).items()
            if members
        ]
        return Markup("").join(rows)

    def _members(self, name: str, members: Iterable[Decision]) -> Markup:
        if name in _TOLD:
            return Markup("<br>").join(self._with_reason(decision) for decision in members)
        names = ", ".join(_short(self.library.name(d.treatment)) for d in members)
        return Markup('<span class="{}">{}</span>').format(
            "quiet" if name == NOT_INDICATED else "", names
        )

    def _with_reason(self, decision: Decision) -> Markup:
        main = next(r for r in rules_of(decision) if r.verdict is decision.verdict)
        title = self.library.title_of(main)
        numbers = ", ".join(map(str, self.references.numbers(main.sources)))
        until = f", until {decision.until}" if decision.until else ""
        return Markup("{}: <em>{}{}</em> <sup>{}</sup>").format(
            _short(self.library.name(decision.treatment)), title, until, numbers
        )

    def _calendar(self) -> Markup:
        drawing = draw_calendar(
            self.course,
            words=self.words,
            names=lambda name: _short(self.library.name(name)),
            key="calendar",
        )
        course = self.course
        facts = [
            self.words.count("unit.sessions", course.sessions),
            self.words.count("unit.weeks", course.weeks),
            self.words.money(course.cost, course.currency),
        ]
        return Markup(
            "<section><h2>The {} course <small>{} · one of {}</small></h2>{}</section>"
        ).format(
            self.words.term("course", course.name).lower(),
            " · ".join(facts),
            len(self.plan.courses),
            _trusted(drawing.markup()),
        )

    def _gain(self) -> Markup:
        """A card for each finding: the interval on a line from 0 to 100 percent."""
        cards = [
            self._card(
                self.words.target(e.target),
                (e.improvement.low_percent, e.improvement.high_percent),
                "better, certainty " + self.words.term("certainty", e.improvement.certainty),
                e.improvement.sources,
            )
            for e in self.course.expected
        ]
        many = len({step.treatment for step in self.course.steps})
        known = len(self.course.pih_counted_for)
        counted = f"of patients; counted for {known} of {many} treatments"
        risk = self._card("Lasting dark marks", self.course.pih_percent, counted, ())
        return Markup(
            "<section><h2>What it may bring <small>intervals from studies of other people, no "
            'promise</small></h2><div class="cards">{}</div></section>'
        ).format(Markup("").join([*cards, risk]))

    def _card(
        self, label: str, interval: tuple[float, float], unit: str, sources: tuple[str, ...]
    ) -> Markup:
        low, high = (0.0, 0.0) if math.isnan(interval[0]) else interval
        numbers = ", ".join(map(str, self.references.numbers(sources)))
        bar = Markup('<i style="left:{:.1f}%;width:{:.1f}%"></i>').format(
            max(0.0, low), high - max(0.0, low)
        )
        return Markup(
            '<div class="card"><b>{}</b><strong>{}</strong><div class="line">{}</div>'
            "<span>{} <sup>{}</sup></span></div>"
        ).format(label, self.words.percent(*interval), bar, unit, numbers)

    def _foot(self) -> Markup:
        proof = self.course.proof
        return Markup(
            "<footer><span>Proof: {}, value {} = bound {}</span><span>Small numbers: sources, in "
            "the report</span><span>No diagnosis: a professional decides</span></footer>"
        ).format(
            proof.status,
            self.words.number(proof.objective, decimals=0),
            self.words.number(proof.bound, decimals=0),
        )


def _short(name: str) -> str:
    """The name without the explanation in brackets."""
    return name.partition(" (")[0]


def _trusted(markup: str) -> Markup:
    """Markup of our own drawings and style, which escape what they are given."""
    return Markup(markup)  # noqa: S704 - nothing in it comes from outside


def _font_faces() -> str:
    def one() -> Iterator[str]:
        for family, weight, slant, file in FONTS:
            url = (PACKAGE / "reporting" / "fonts" / file).as_uri()
            yield (
                f"@font-face{{font-family:'{family}';font-weight:{weight};font-style:{slant};"
                f"src:url({url}) format('woff2')}}"
            )

    return "".join(one())


def _colours() -> str:
    return "".join(f"--{name}:{value};" for name, value in palette.css_variables().items())


_STYLE = """FONTS
:root{COLOURS}
*{box-sizing:border-box;margin:0}
body{background:var(--paper);color:var(--ink);font:14px/1.42 'Atkinson Hyperlegible Next',
sans-serif}
main{width:900px;padding:0 0 2px}
header{background:var(--teal-deep);color:var(--paper);padding:20px 28px 18px}
h1{font:600 27px/1.2 Newsreader,serif}
header p{color:var(--teal-soft);margin-top:4px}
h2{font:600 19px/1.25 Newsreader,serif;color:var(--teal-deep);margin-bottom:10px}
small{font:400 13.5px/1.3 'Atkinson Hyperlegible Next';color:var(--quiet);margin-left:8px}
section{padding:20px 28px 0}
.top{display:grid;grid-template-columns:340px 1fr}
.top section+section{padding-left:0}
.top svg{width:100%;display:block}
ul{list-style:none;padding:0;margin-top:8px;font-size:13px}
.row{display:grid;grid-template-columns:136px 1fr;gap:12px;align-items:start;padding:7px 0;
border-top:1px solid var(--line)}
.pill{font-weight:700;font-size:13px;border-radius:999px;padding:2px 10px;justify-self:start;
white-space:nowrap}
.row p{font-size:13.5px}
.quiet{color:var(--quiet)}
sup{font-size:10.5px;color:var(--teal);font-weight:600}
section>svg{width:100%;height:auto;display:block}
section>svg.calendar{margin-top:-26px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
.card{border:1px solid var(--line);border-radius:8px;padding:10px 12px 9px;font-size:12.5px;
display:flex;flex-direction:column}
.card b{line-height:1.3;min-height:34px}
.card strong{font:600 21px/1.3 Newsreader,serif;color:var(--teal-deep)}
.card span{color:var(--quiet)}
.line{position:relative;height:7px;border-radius:4px;background:var(--sand-deep);margin:5px 0 6px}
.line i{position:absolute;top:0;bottom:0;border-radius:4px;background:var(--teal)}
.card:last-child i{background:var(--clay)}
footer{display:flex;justify-content:space-between;background:var(--sand);color:var(--quiet);
margin-top:18px;padding:10px 28px;font-size:13px}
"""

if __name__ == "__main__":
    sys.exit(main())
