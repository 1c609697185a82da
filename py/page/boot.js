// What must work before any Python does, in any browser: say why the page cannot run, and take an update.
// Everything else on this page is Python; this file stays in the JavaScript of ten years ago.

(function () {
  function say(name) {
    document.getElementById(name).hidden = false;
    document.getElementById("model").hidden = true; // nothing is starting
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
  } else if (location.protocol !== "file:" && navigator.serviceWorker) {
    // A newer version of the site that was fetched on the last visit takes over now, while this page has not begun.
    navigator.serviceWorker.getRegistration().then(function (registration) {
      if (registration && registration.waiting) {
        navigator.serviceWorker.addEventListener("controllerchange", function () {
          location.reload();
        });
        registration.waiting.postMessage("start");
      }
    }, function () {
      // The reader's settings allow no service worker.
    });
  }
})();
