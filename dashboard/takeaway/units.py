"""The table of units with their figures: what the ranking shows, the greatest first."""

from sqlalchemy import ARRAY, Text, func, literal, select

from dashboard.api.summary import Child, Summary, added_up
from dashboard.takeaway.family import family
from dashboard.takeaway.tables import Column, Order, Record, Table, plain, shaped
from dashboard.takeaway.titles import title, told
from layers import counts, tallies, units

FIGURES = ("total", "open", "overdue", "closed", "on_time", "due")


def table(order: Order) -> Table:
    """Return the order's units, each with its figures; what belongs to none of them is a remark."""
    summary = counted(order)
    held, live = units.in_force(order.asked.before)
    own = held.c
    figures = {child.code: child for child in summary.children}
    of_level = next((level for level in order.city.levels if level.id in {c.level for c in summary.children}), None)
    ranked = sorted(figures.values(), key=lambda child: (-child.total, child.code))
    codes = literal([child.code for child in ranked], ARRAY(Text))
    place = func.unnest(codes).table_valued("code", with_ordinality="place", name="ranked").render_derived()
    question = select(
        own.code,
        own.name,
        own.name_en,
        own.population,
        (own.area / 1e6).label("area"),
        func.ST_X(own.label).label("lon"),
        func.ST_Y(own.label).label("lat"),
        *shaped(own.geom, order.shape),
    )
    question = question.join_from(held, place, own.code == place.c.code).where(*live)
    return Table(
        title=of_level.title if of_level else title("unit"),
        columns=columns(figures),
        total=len(ranked),
        question=question.order_by(place.c.place),
        sources=[share.code for share in summary.by_source],
        geometry="MultiPolygon",
        remarks=[
            (told("total", order.language), f"{summary.total:,}"),
            (told("in_none" if order.rank else "unplaced_here", order.language), f"{summary.unplaced:,}"),
        ],
    )


def counted(order: Order) -> Summary:
    """Return the figures of the order's unit and of those below it, as the summary counts them."""
    of = family(order)
    asked = counts.tally(order.asked, order.city, of=of, now=order.now)
    rows: list[tallies.Counted] = list(order.connection.execute(asked))
    return added_up(rows, of, asked=order.asked, city=order.city, now=order.now)


def columns(figures: dict[str, Child]) -> list[Column]:
    """Return the columns: which unit, its figures and rates, and where its name is written."""

    def figure(ident: str) -> Column:
        return Column(ident, title(ident), "integer", lambda row: getattr(figures[row.code], ident))

    def rate(ident: str, part: str, whole: str) -> Column:
        def worth(row: Record) -> float | None:
            child = figures[row.code]
            of = getattr(child, whole)
            return round(100 * getattr(child, part) / of, 2) if of else None

        return Column(ident, title(ident), "number", worth)

    return [
        plain("code", title("unit_code")),
        plain("name", title("unit_zh")),
        plain("name_en", title("unit_en")),
        *(figure(ident) for ident in FIGURES),
        rate("closure_rate", "closed", "total"),
        rate("on_time_share", "on_time", "due"),
        plain("population", title("population"), "integer"),
        *(plain(name, title(name), "number") for name in ("area", "lon", "lat")),
    ]
