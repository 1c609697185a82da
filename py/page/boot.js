// What must work before any Python does, in any browser: say why the page cannot run.
// Everything else on this page is Python; this file stays in the JavaScript of ten years ago.

(function () {
  function say(name) {
    document.getElementById(name).hidden = false;
    document.getElementById("model").hidden = true; // nothing is starting
    document.getElementById("no-scripts").hidden = true;
  }

  var modern =
    typeof WebAssembly === "object" &&
    typeof ResizeObserver === "function" &&
    "noModule" in document.createElement("script") &&
    "showModal" in document.createElement("dialog") &&
    "popover" in document.createElement("div") &&
    "replaceAll" in String.prototype;

  if (location.protocol === "file:" && !document.documentElement.hasAttribute("data-whole")) {
    say("from-disk");
  } else if (!modern) {
    say("too-old");
  }

  // A link that skips moves the keyboard, and leaves the address alone: that is a link to what is seen
  var skips = document.querySelectorAll("a.skip");
  for (var i = 0; i < skips.length; i += 1) {
    skips[i].addEventListener("click", function (event) {
      event.preventDefault();
      document.querySelector(this.getAttribute("href")).focus();
    });
  }
})();
