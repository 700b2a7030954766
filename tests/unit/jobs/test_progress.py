from io import StringIO

from rich.console import Console

from umschlag.jobs.progress import shown_progress


def test_a_log_gets_a_line_now_and_then_and_no_bars():
    written = StringIO()
    instants = iter([0.0, 1.0, 11.0, 11.0, 12.0])

    with shown_progress(Console(file=written), clock=lambda: next(instants)) as progress_for:
        tell = progress_for("Snapshot")
        tell(100, 2000, "articles")
        tell(1500, 2000, "articles")
        tell(2000, 2000, "articles")

    assert written.getvalue() == "  Snapshot: 1,500 of 2,000 articles\n"


def test_no_line_of_a_log_is_from_amid_a_quarter_or_broken_in_two():
    written = StringIO()
    instants = iter([0.0, 11.0, 25.0, 25.0, 36.0, 47.0, 47.0])

    with shown_progress(
        Console(file=written, width=20), clock=lambda: next(instants)
    ) as progress_for:
        tell = progress_for("history")
        for done in (10, 100, 105, 399):
            tell(done, 399, "2026-09-02, a day of many")

    assert written.getvalue() == (
        "  history: 100 of 399 2026-09-02, a day of many\n"
        "  history: 399 of 399 2026-09-02, a day of many\n"
    )


def test_a_line_of_a_log_is_not_read_as_markup():
    written = StringIO()
    instants = iter([0.0, 20.0, 20.0])

    with shown_progress(Console(file=written), clock=lambda: next(instants)) as progress_for:
        progress_for("Sheet")(3, None, "rows of [red]Buying[/red]")

    assert "[red]Buying[/red]" in written.getvalue()


def test_a_terminal_gets_bars():
    written = StringIO()
    console = Console(file=written, force_terminal=True, width=120)

    with shown_progress(console) as progress_for:
        tell = progress_for("Snapshot")
        tell(500, 2000, "articles")
        console.print("a line in between")

    assert "500/2000" in written.getvalue()
    assert "a line in between" in written.getvalue()
