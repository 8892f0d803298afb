"""Whatever is saved comes back, and a store behaves like a list of texts a name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import store
from store import ConflictError, NotSavedError

texts = st.text(max_size=20)
contents = st.binary(max_size=200)


@given(content=contents, files=st.dictionaries(st.sampled_from("abc"), contents, max_size=3))
@settings(max_examples=25)
def test_any_bytes_come_back(tmp_path_factory, content, files):
    shelf = store.open_store(f"sqlite:///{tmp_path_factory.getbasetemp()}/laws.sqlite")
    number = shelf.save("history", "any", content, files=files).number
    found = shelf.load("history", "any", number)
    assert (found.content, found.files) == (content, files)


class Shelf(RuleBasedStateMachine):
    """A store beside the plainest thing that behaves alike: a list of texts a name."""

    names = st.sampled_from(["a", "b"])

    @initialize(folder=st.integers(0, 2**40))
    def opened(self, folder):
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.shelf = store.open_store(f"sqlite:///{self.folder.name}/{folder}.sqlite")
        self.known = {"a": [], "b": []}

    @rule(name=names, text=texts, behind=st.sampled_from([None, 0, 1, 2]))
    def save(self, name, text, behind):
        texts = self.known[name]
        expected = None if behind is None else max(len(texts) - behind, 0)
        stale = behind is not None and expected != len(texts)
        freed = expected == 0 and texts[-1:] == [None]
        if texts and texts[-1] == text:
            assert self.shelf.save("plan", name, text, expected_version=expected).number == len(
                texts
            )
        elif stale and not freed:
            with pytest.raises(ConflictError):
                self.shelf.save("plan", name, text, expected_version=expected)
        else:
            texts.append(text)
            assert self.shelf.save("plan", name, text, expected_version=expected).number == len(
                texts
            )

    @rule(name=names)
    def delete(self, name):
        if self.known[name] and self.known[name][-1] is not None:
            self.shelf.delete("plan", name)
            self.known[name].append(None)
        else:
            with pytest.raises(NotSavedError):
                self.shelf.delete("plan", name)

    @invariant()
    def holds_what_is_known(self):
        if not hasattr(self, "shelf"):
            return
        listed = tuple(
            name for name, texts in self.known.items() if texts and texts[-1] is not None
        )
        assert self.shelf.names("plan") == listed
        for name, texts in self.known.items():
            found = self.shelf.versions("plan", name)
            assert [version.number for version in found] == list(range(len(texts), 0, -1))
            if name in listed:
                assert self.shelf.load("plan", name).text == texts[-1]

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()


Shelf.TestCase.settings = settings(max_examples=8, stateful_step_count=12, deadline=None)
TestShelf = Shelf.TestCase
