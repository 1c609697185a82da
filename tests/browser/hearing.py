"""A record of what a screen reader would say: the names of what the keyboard comes to, and what live regions say.

Names and roles are the browser's own, see TELLING in conftest.py. A live region says what is in it
when its text changes or an element is added to it; the same text once more is not heard, nor is a region that has only
just come itself, see "Live Region Attributes" in WAI-ARIA 1.2.
"""

from playwright.sync_api import Page

LISTEN = """() => {
    const live = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off]), output";
    const heard = window.heard = [], known = new Map();
    const text = region => region.textContent.trim();
    for (const region of document.querySelectorAll(live)) known.set(region, text(region));
    document.addEventListener("focusin", ({ target }) => {
        const more = (target.ariaDescribedByElements ?? []).map(one => one.textContent.trim());
        heard.push([target.computedRole, [target.computedName, ...more].join(". ")]);
    });
    new MutationObserver(records => {
        const added = records.flatMap(record => [...record.addedNodes]);
        const changed = new Set();
        for (const record of records) {
            const region = (record.target.closest ? record.target : record.target.parentElement)?.closest(live);
            if (!region || !region.isConnected || added.some(node => node.contains(region))) continue;
            const more = [...record.addedNodes].some(node => node.nodeType === Node.ELEMENT_NODE);
            if (more || text(region) !== (known.get(region) ?? "")) changed.add(region);
        }
        for (const region of changed) {
            known.set(region, text(region));
            if (text(region) && region.checkVisibility()) heard.push(["live", text(region)]);
        }
    }).observe(document, { subtree: true, childList: true, characterData: true });
}"""
NEXT = """([from, role, part]) => {
    const at = heard.findIndex(([kind, said], place) => place >= from && kind === role && said.includes(part));
    return at >= 0 && { at };
}"""


class Ear:
    """Listens to a page from now on."""

    def __init__(self, page: Page) -> None:
        self.page, self.place = page, 0
        page.evaluate(LISTEN)

    def hears(self, role: str, part: str) -> None:
        """Wait until something with this in it is said, after all that was heard before: by an element with that role
        as the keyboard comes to it, or by a region that is "live"."""
        found = self.page.wait_for_function(NEXT, arg=[self.place, role, part]).json_value()
        self.place = found["at"] + 1
