// What a reader may do before any Python is up: type, choose an example, and guess. Nothing of it is lost, and nothing that
// was prepared lies under another text. The page's Python then hears of them itself, see `take_over` in browser/dom.py.

(() => {
  const byId = id => document.getElementById(id);
  const prompt = byId("prompt");
  const prepared = [byId("prompt-tokens"), byId("prompt-count")].map(element => [element, element.innerHTML]);

  function show() {
    const first = prompt.value === prompt.defaultValue;
    for (const [element, html] of prepared) element.innerHTML = first ? html : "";
    if (!first) byId("prompt-tokens").textContent = `${prompt.value}\u200b`; // it makes the field as high as its text
    byId("figure")?.classList.toggle("stale", !first); // the page itself may still be on its way
  }

  function typed() {
    prompt.toggleAttribute("data-own", true); // no link's text takes its place
    show();
  }

  function chosen(event) {
    const example = event.target.closest(".example");
    if (!example) return;
    prompt.value = example.value;
    typed();
  }

  // On a first visit, where no link says what is to be seen, what comes next is covered, see lessons/guess.py; unless the
  // browser remembers nothing: it would be so at every visit.
  function isFirst() {
    const name = `${new URL("./", document.baseURI).href} guess`;
    if (location.hash || self.memory.read(name) === "true") return false;
    self.memory.write(name, "false");
    return self.memory.read(name) === "false";
  }

  document.body.classList.toggle("guessing", isFirst());
  document.addEventListener("submit", event => {
    if (event.defaultPrevented) return; // the page's Python has heard of it
    event.preventDefault();
    event.target.toggleAttribute("data-asked", true);
    if (!byId("guess-word").value.trim()) document.body.classList.remove("guessing");
  });
  prompt.oninput = typed;
  byId("examples").onclick = chosen;
  // Browsers bring back what stood in a field.
  self.addEventListener("pageshow", () => prompt.oninput === typed && show());
})();
