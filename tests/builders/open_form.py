"""A form as a browser holds it while somebody has it open."""

from html.parser import HTMLParser

PAGE_FORM = "_form"
"""Django calls the form of a record by its model's name and this."""


class _Inputs(HTMLParser):
    """Collects what the record's form would send."""

    def __init__(self):
        super().__init__()
        self.values = {}
        self._is_inside = False
        self._select = self._text = None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._is_inside = given.get("id", "").endswith(PAGE_FORM)
        name = given.get("name")
        if tag == "option" and self._select and "selected" in given:
            self.values[self._select] = given.get("value", "")
        if not self._is_inside or not name:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self.values[name] = ""
        elif tag == "input" and given.get("type") not in {"submit", "checkbox", "file"}:
            self.values[name] = given.get("value") or ""
        elif tag == "input" and given.get("type") == "checkbox" and "checked" in given:
            self.values[name] = given.get("value", "on")

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None
        elif tag == "form":
            self._is_inside = False

    def handle_data(self, text):
        if self._text:
            # Browsers leave out the line break that HTML puts first.
            self.values[self._text] += text.removeprefix("\n")


def what_it_sends(answer):
    """Return what the page's form would send if nobody touched it."""
    inputs = _Inputs()
    inputs.feed(answer.content.decode())
    return inputs.values
