"""The page that shows how exact the floor is."""

from __future__ import annotations

from itertools import groupby

from benchmarks.exact_sampling import Row, Run

ALLOWED_ERRORS = 4  # standard errors between ours and the exact value
UNITS = {"share": (100, " %"), "seconds": (1, " s"), "number": (1, "")}
TITLES = {
    "erlang_b": "Loss systems (Erlang B)",
    "erlang_c": "Endless patience (Erlang C)",
    "mmck": "Limited queues",
    "erlang_a": "Impatient customers (Erlang A)",
    "min_staffing": "The fewest agents for a target",
    "mmc_plus_g": "Patience of any law",
    "mg1_and_ps": "One agent, handle times of any law",
    "retrial": "Customers who redial",
    "chat_concurrency": "Several chats at once",
    "priority_nonpreemptive_mmc": "Two channels, one before the other",
    "n_model": "Two groups, one of which helps the other",
    "overflow_moments": "What a first group leaves over",
    "blend_infinite_backlog_equal_rates": "Calls and an endless backlog",
    "blend_infinite_backlog_unequal_rates": "Calls and an endless backlog, other handle times",
    "blend_deferrable_poisson": "Calls and deferred work",
    "blended_chat_plus_social": "Chats and posts",
    "callback_option": "Callbacks offered",
    "time_varying_MtMctM": "Days with changing rates and staff",
    "staffing_rules": "Days staffed by rule",
    "time_varying_chat": "A day of chats",
    "mt_g_inf_offered_load": "The load of a day",
    "fmmw_theta_equals_mu": "Rates that swing",
    "gamma_mixed_erlang_a": "An uncertain rate",
    "gamma_poisson_moments": "Counts of uncertain days",
    "published": "Published simulations",
}
ELSEWHERE = (
    ("posts that beget posts (Hawkes processes)", "`tests/test_posts.py` holds the floor to them"),
    ("reaction times to posts (power laws)", "not on the floor yet"),
    ("limits of very large floors (Halfin and Whitt; Garnett)", "limits of formulas, not floors"),
    ("least staff for a target, shifts of textbooks", "tests of the staffing hold these"),
    ("the published blend of inbound and outbound calls", "needs a predictive dialler"),
    ("the published virtual queue", "parameters only, no results"),
)


def agrees(row: Row) -> bool:
    """Whether ours is within four standard errors of the exact value."""
    return abs(row.standard_errors) <= ALLOWED_ERRORS


def summary(runs: list[Run]) -> dict[str, int]:
    """How many numbers there are and how many agree."""
    rows = [row for run in runs for row in run.rows]
    return {
        "queues": len(runs),
        "numbers": len(rows),
        "within_four_standard_errors": sum(map(agrees, rows)),
        "inside_95": sum(row.inside_95 for row in rows),
        "inside_99": sum(row.inside_99 for row in rows),
        "narrow": sum(row.narrow for row in rows),
    }


def page(runs: list[Run], seed: int) -> str:
    """The whole page in Markdown."""
    found = summary(runs)
    numbers = found["numbers"]
    contacts = sum(run.contacts for run in runs)
    lines = [
        "<!-- Made by `python -m benchmarks.validation --write docs/validation.md`. -->",
        "",
        "# Validation",
        "",
        "The floor against exact values of queueing theory, Markov chains and days that change,",
        "and against simulations that others have published. Every queue is a scenario file of",
        "[data/validation](../data/validation), loaded and run like any other; the figures are in",
        "`tests/references`. The page is made by",
        "`python -m benchmarks.validation --write docs/validation.md`.",
        "",
        f"- **{numbers} numbers of {found['queues']} queues**, {contacts / 1e6:,.0f} million"
        " contacts.",
        f"- **{found['within_four_standard_errors']}** lie within four standard errors of the exact"
        f" value; {found['inside_95']} ({100 * found['inside_95'] / numbers:.1f} %) inside their"
        f" own 95 % interval, {found['inside_99']} ({100 * found['inside_99'] / numbers:.1f} %)"
        " inside their 99 % interval. By chance one would expect 95 and 99 %; but numbers of one"
        " queue err together, and adding replications until an interval is narrow leaves it a"
        " little too narrow.",
        f"- **{found['narrow']}** have a 95 % interval (±) of at most half a percentage point or a"
        " hundredth of the value."
        + (" The others are marked ~." if found["narrow"] < numbers else ""),
        f"- Independent replications (seeds made of {seed} and the queue's name), as many as it"
        " takes. Queues in steady state first run for 20 relaxation times, unmeasured; a"
        " relaxation time is the inverse of the smallest rate at which the queue's law approaches"
        " the stationary one: the second eigenvalue of its Markov chain or a bound on it. Days"
        " begin with an empty floor, as their exact values do. Every replication conserves"
        " contacts and agent time, or the run fails.",
        "- “Standard errors” is the distance of ours from the exact value; a jackknife over"
        " replications, or over batches where day factors are stratified, gives the error.",
        "",
        "## In short",
        "",
        "| what | queues | numbers | farthest, standard errors | million contacts |",
        "|---|---:|---:|---:|---:|",
    ]
    models = [(model, list(group)) for model, group in groupby(runs, key=lambda run: run.model)]
    for model, group in models:
        rows = [row for run in group for row in run.rows]
        farthest = max((row.standard_errors for row in rows), key=abs)
        lines.append(
            f"| [{TITLES[model]}](#{_anchor(TITLES[model])}) | {len(group)} | {len(rows)} |"
            f" {farthest:+.1f} | {sum(run.contacts for run in group) / 1e6:.1f} |"
        )
    lines += ["", "Not on this page:", "", "| what | why |", "|---|---|"]
    lines += [f"| {what} | {why} |" for what, why in ELSEWHERE]
    lines += ["", *_notes(), ""]
    for model, group in models:
        lines += _section(model, group)
    return "\n".join(lines)


def _notes() -> list[str]:
    return [
        "An agent shared among all customers is run with at most 16 of them, the most that one",
        "can hold: with exponential handle times the others may wait without changing the",
        "mean, with other laws they are turned away, which keeps the exact value known.",
    ]


def _section(model: str, runs: list[Run]) -> list[str]:
    published = any(row.published for run in runs for row in run.rows)
    lines = [f"## {TITLES[model]}", ""]
    for run in runs:
        lines += [
            f"**[{run.file.removesuffix('.toml')}](../data/validation/{run.file})**:"
            f" {run.setting}. {run.replications:,} replications, {run.contacts:,} contacts.",
            "",
            "| measure | ours | ± | exact | standard errors |" + " published |" * published,
            "|---|---:|---:|---:|---:|" + "---:|" * published,
            *(_line(row, published=published) for row in run.rows),
            "",
        ]
    for source in dict.fromkeys(run.source for run in runs):
        lines += [f"Source: {source}.", ""]
    return lines


def _line(row: Row, *, published: bool) -> str:
    scale, unit = UNITS[row.unit]
    digits = 2 if scale * abs(row.exact) >= 10 else 3
    mark = "" if row.narrow else " ~"
    ours, exact = (f"{scale * value:.{digits}f}{unit}" for value in (row.ours, row.exact))
    width = f"{scale * row.half_width:.{digits}f}{mark}"
    if row.published and row.exact_is_published:
        exact = "–"
    line = f"| {row.name} | {ours} | {width} | {exact} | {row.standard_errors:+.1f} |"
    return line + f" {row.published or '–'} |" * published


def _anchor(title: str) -> str:
    kept = [letter for letter in title.lower() if letter.isalnum() or letter in " -"]
    return "".join(kept).replace(" ", "-")
