"""The ribbons to the list of next tokens lead to the rows of the list that they are of."""

from tests.browser.reading import number

FAN = """() => {
    const numbers = path => path.getAttribute("d").match(/-?[0-9.]+/g).map(Number);
    const ribbons = selector => [...document.querySelectorAll(selector)].map(numbers);
    const whole = ribbons("#fan path").reduce((sum, n) => sum + n[15] - n[1], 0);
    const origin = document.querySelector("#overlay").getBoundingClientRect().top;
    const rows = document.querySelectorAll("#candidates tbody tr");
    const unseen = rows.length + 1 - document.querySelectorAll("#fan path").length;  // thinner than 0.05 pixels
    return ribbons("#fan .candidate").map((n, i) => {
        const [row, box] = [rows[i], rows[i].getBoundingClientRect()];
        return {
            listed: row.querySelector(".number.sampled").textContent,
            drawn: 100 * (n[15] - n[1]) / whole,
            slack: 100 * (0.05 * unseen + 0.1) / whole,
            beside: (n[7] + n[9]) / 2 - (box.top + box.height / 2 - origin),
        };
    });
}"""  # of each listed token that has a ribbon; `beside` is how far from the middle of its row that arrives, in pixels


def leads_to_its_rows(fan):
    """Whether there is one, each ribbon as thick as its row's probability says, but for rounding, and ends there."""
    return fan != [] and all(
        abs(one["drawn"] - number(one["listed"])[0]) < one["slack"] + 0.1 and abs(one["beside"]) < 0.6 for one in fan
    )


def test_the_fan_is_never_drawn_on_the_rows_of_another_list(live):
    """Looked at whenever it has been drawn: while texts are typed, settings moved and blocks changed."""
    live.page.evaluate(
        f"""() => {{
            const fan = {FAN};
            window.fans = [];
            const seen = new MutationObserver(() => document.querySelector("#fan path") && fans.push(fan()));
            seen.observe(document.querySelector("#fan"), {{ childList: true }});
        }}"""
    )
    for text in ("Once upon a", "The little girl was very happy because", "The cat and the"):
        live.type(text)
        live.slide(0.3)
        live.go(2, 1)
        live.slide(1.4)
        live.go(1, 1)
    fans = live.page.evaluate("fans")
    assert len({str([one["listed"] for one in fan]) for fan in fans}) >= 6
    for fan in fans:
        assert leads_to_its_rows(fan), fan


def test_the_fan_follows_a_list_that_moves(live):
    """Beside a long text, whose frame keeps its height."""
    live.type(" ".join(["cat"] * 70))
    before = live.page.locator("#candidates").bounding_box()["y"]
    for hidden in (["top-k", "top-p"], []):  # in the link, as a lesson may have it
        live.page.evaluate("names => { location.hash = `hide=${names}` }", hidden)
        live.page.wait_for_function("names => document.body.dataset.hide === names", arg=" ".join(hidden))
        assert (live.page.locator("#candidates").bounding_box()["y"] < before) == bool(hidden)
        live.follows(lambda: leads_to_its_rows(live.page.evaluate(FAN)), True)
