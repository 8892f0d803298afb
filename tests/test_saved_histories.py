"""Histories that grow in the app: weeks appended, by one person and by two; mappings kept."""

import pytest

from saving_app import keep_present, texts, weeks
from views import saved
from views.jobs import board

pytestmark = [
    pytest.mark.usefixtures("own_store"),
    # Streamlit's own test runner leaves an event loop open.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def bring(app, name, content):
    app.file_uploader(key="history-file").set_value((name, content, "text/csv"))
    return app.run()


def use(app):
    """Use the file and wait until it is read; the forecast of it goes on or not."""
    app.button(key="history-use").click().run(timeout=60)
    return read(app)


def read(app):
    for job in board().running():
        if job.label == "Reading the history":
            job.join(60)
    app.run(timeout=60)
    assert not app.exception
    return app


@pytest.mark.slow
def test_somebody_who_appended_first_is_told_about(opened):
    anna, ben = opened(), opened()
    bring(anna, "old.csv", weeks("2026-03-02", 28, 5))
    use(anna)
    keep_present(anna, "history", "Team")
    ben.switch_page("views/shelf.py").run()
    ben.segmented_control(key="shelf-kind").set_value("history").run()
    ben.button(key="shelf-open").click().run()
    for app, offered in ((anna, 7), (ben, 8)):
        read(app.switch_page("views/history.py").run())
        bring(app, "last_week.csv", weeks("2026-03-30", 7, offered))
        app.toggle(key="history-append").set_value(True).run()
        use(app)
    assert "▲ Not saved: Somebody saved version 2" in texts(*ben.text)
    assert saved.shelf().load("history", "Team").version.number == 2
    ben.button(key="conflict-look").click().run()
    assert "intervals of them otherwise in the new weeks" in texts(*ben.text)
    ben.button(key="conflict-over").click().run()
    assert saved.shelf().load("history", "Team").version.number == 3


def test_new_weeks_are_appended_to_a_saved_history(opened):
    app = opened()
    bring(app, "old.csv", weeks("2026-03-02", 28, 5))
    use(app)
    assert "old.csv is the history from now on" in texts(*app.success)
    keep_present(app, "history", "Team")
    assert saved.shelf().names("history") == ("Team",)

    app.switch_page("views/history.py").run()
    bring(app, "last_week.csv", weeks("2026-03-29", 8, 7))
    app.toggle(key="history-append").set_value(True).run()
    use(app)
    told = texts(*app.text)
    assert "chat: 168 intervals added, 30 Mar 2026 01:00 to 6 Apr 2026 01:00." in told
    assert "24 intervals in both; 24 intervals of them otherwise" in told
    assert "Saved as version 2 of the history" in told
    newest = saved.shelf().load("history", "Team")
    assert newest.version.note == "last_week.csv appended"
    assert newest.text.count("\n") == 1 + 35 * 24
    assert "5.0 weeks" in texts(*app.caption)


def test_a_mapping_by_hand_is_remembered_for_the_same_columns(opened):
    columns = "Slot,Media,Came,Taken,Lost,Busy seconds"
    content = weeks("2026-03-02", 28, 5, columns).replace(b",chat,", b",Web chat,")
    app = opened()
    bring(app, "suite.csv", content)
    app.segmented_control(
        key=next(w.key for w in app.segmented_control if w.label == "A row of this file is")
    ).set_value("own").run()
    hand = {
        "Interval start": "Slot",
        "Channel": "Media",
        "Offered": "Came",
        "Answered": "Taken",
        "Abandoned": "Lost",
        "Handle time, total s": "Busy seconds",
    }
    for label, column in hand.items():
        next(box for box in app.selectbox if box.label == label).select(column).run()
    next(box for box in app.selectbox if box.label == "Chat").select("Web chat").run()
    use(app)
    assert "suite.csv is the history from now on" in texts(*app.success)

    again = opened()
    bring(again, "suite_of_next_week.csv", content)
    assert "for these columns" in texts(*again.caption)
    chosen = {box.label: box.value for box in again.selectbox}
    assert {label: chosen[label] for label in hand} == hand
    assert chosen["Chat"] == "Web chat"
    use(again)
    assert "suite_of_next_week.csv is the history from now on" in texts(*again.success)
