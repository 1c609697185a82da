// The code editor: CodeMirror, fetched when one is first opened. It lives in a shadow root, whose styles a script may set:
// in the page itself the policy lets none in but the page's own sheet. Its colours are the page's, light and dark.

(() => {
  const UNTIL_A_KEY = Infinity; // ms for which Tab leaves, unless another key is pressed
  let kit = null; // what all have in common, once CodeMirror is here
  let view = null; // the one that is open
  let asked = 0; // how often one was opened

  // In an element of the page, instead of the one that is open. `label` is its name for screen readers, which has to say
  // how the keyboard gets out: Escape, then Tab. `deleted` is what they say when a selection has been deleted. `changed`
  // is called whenever the text has changed, `run` on Ctrl or Cmd with Enter. Answers whether it is open: not if
  // another one was opened meanwhile. Raises what kept CodeMirror from coming.
  async function open(host, { text, label, deleted = "", changed = () => {}, run = () => {} }) {
    const now = ++asked;
    view?.destroy();
    view = null;
    const codemirror = await import("../../../vendor/codemirror/codemirror.js");
    if (now !== asked) return false;
    kit ??= gather(codemirror);
    const { EditorState, EditorView, keymap } = codemirror;
    const root = host.shadowRoot || host.attachShadow({ mode: "open" });
    const extensions = [
      keymap.of([{ key: "Mod-Enter", run: () => { run(); return true; } }]),
      EditorView.updateListener.of(({ docChanged }) => { if (docChanged) changed(); }),
      EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
      EditorState.phrases.of({ "Selection deleted": deleted }),
      kit.extensions,
    ];
    view = new EditorView({ state: EditorState.create({ doc: text, extensions }), parent: root, root });
    return true;
  }

  function gather(codemirror) {
    const { EditorView, bracketMatching, highlightSpecialChars, history, lineNumbers } = codemirror;
    const [marked, faulty] = [linesOf("marked", codemirror), linesOf("faulty", codemirror)];
    const extensions = [
      keys(codemirror),
      EditorView.editorAttributes.of({ dir: "ltr" }),
      EditorView.lineWrapping,
      lineNumbers(),
      history(),
      highlightSpecialChars(),
      bracketMatching(),
      python(codemirror),
      look(codemirror),
      marked.field,
      faulty.field,
    ];
    return { codemirror, extensions, marked, faulty };
  }

  // Who comes by with Tab goes on with it; who types, or points at a place, indents with it; Escape lets it go on again.
  function keys({ EditorView, historyKeymap, indentWithTab, keymap, standardKeymap, toggleComment }) {
    const free = view => { view.setTabFocusMode(UNTIL_A_KEY); return true; };
    const more = [{ key: "Escape", run: free }, { key: "Mod-/", run: toggleComment }, indentWithTab];
    return [
      keymap.of([...more, ...historyKeymap, ...standardKeymap]),
      EditorView.domEventHandlers({
        focus: (_, view) => { free(view); },
        click: (_, view) => { view.setTabFocusMode(false); },
      }),
    ];
  }

  // Lines of a class, which stay with their text while it is edited; the effect of `put` says which they are.
  function linesOf(name, { Decoration, EditorView, StateEffect, StateField }) {
    const effect = StateEffect.define();
    const line = Decoration.line({ class: name });
    const put = (doc, numbers) => {
      const there = [...numbers].filter(number => number >= 1 && number <= doc.lines);
      return effect.of(Decoration.set(there.map(number => line.range(doc.line(number).from)), true));
    };
    const field = StateField.define({
      create: () => Decoration.none,
      update: (lines, { changes, effects }) => effects.find(one => one.is(effect))?.value || lines.map(changes),
      provide: field => EditorView.decorations.from(field),
    });
    return { field, put };
  }

  // A new line begins as the one before, and a level further in where that ends in a colon or an open bracket.
  function python({ LRLanguage, indentService, indentUnit, parser }) {
    return [
      LRLanguage.define({ parser, languageData: { commentTokens: { line: "#" } } }),
      indentUnit.of("    "),
      indentService.of((context, at) => {
        const { from, text } = context.state.doc.lineAt(at);
        const before = text.slice(0, at - from);
        const opens = /^[^#]*[:([{]\s*(#.*)?$/.test(before);
        return context.countColumn(before, before.search(/\S|$/)) + (opens ? context.unit : 0);
      }),
    ];
  }

  // As the listing in style/panels/code.css. What a line is, a bar says: where colours are forced there are no grounds.
  function look({ EditorView, HighlightStyle, syntaxHighlighting, tags }) {
    const coloured = HighlightStyle.define([
      { tag: [tags.keyword, tags.bool, tags.null], color: "var(--blue)" },
      { tag: [tags.string, tags.escape], color: "var(--green)" },
      { tag: tags.comment, color: "var(--quiet)" },
      { tag: tags.number, color: "var(--warn)" },
    ]);
    const theme = EditorView.theme({
      "&": { height: "100%", padding: "2px", color: "var(--ink)", fontSize: "12.5px" },
      "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
      ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
      ".cm-content": { caretColor: "var(--ink)" },
      ".cm-gutters": { border: "0", background: "none", color: "var(--quiet)", fontSize: "12px" },
      ".cm-line": { padding: "0 4px 0 calc(4ch + 5px)", borderLeft: "3px solid transparent", textIndent: "-4ch" },
      ".cm-line.marked": { borderLeftColor: "var(--blue)" },
      ".cm-line.faulty": { borderLeftColor: "var(--warn)", background: "var(--warn-faint)" },
      ".cm-line.faulty span": { color: "var(--ink)" },
      "&.cm-focused .cm-matchingBracket": { background: "var(--token-even)" },
      "&.cm-focused .cm-nonmatchingBracket": { background: "var(--warn-faint)" },
    });
    return [syntaxHighlighting(coloured), theme];
  }

  // What can be done with the one that is open. Lines are counted from 1.
  self.editor = {
    open,
    focus: () => view.focus(),
    // Neither NUL nor half a character gets through to MicroPython: U+FFFD stands for them.
    text: () => view.state.doc.toString().replace(/\0|\p{Surrogate}/gu, "\ufffd"),
    // To who undoes it, it is one step.
    set: text => view.dispatch({
      changes: { from: 0, to: view.state.doc.length, insert: text },
      annotations: kit.codemirror.isolateHistory.of("full"),
    }),
    mark: lines => view.dispatch({ effects: kit.marked.put(view.state.doc, lines) }),
    fault: line => view.dispatch({ effects: kit.faulty.put(view.state.doc, [line]) }), // 0 for none
    scrolled: () => view.scrollDOM.scrollTop,
    scroll: down => { view.scrollDOM.scrollTop = down; },
    show(line) {
      const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ effects: kit.codemirror.EditorView.scrollIntoView(from, { y: "center" }) });
    },
  };
})();
