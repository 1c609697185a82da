// Where the reader's settings refuse all storage, PyScript would not start: it opens a database, of which this page
// uses nothing. There, and only there, it gets one that is always empty, in the page and in its worker.

(function () {
  function attempt(act) {
    try {
      return act() || "";
    } catch (refusal) {
      return "";
    }
  }

  // What browser/memory.py keeps: MicroPython cannot catch what JavaScript throws, and a full storage throws too.
  self.memory = {
    read: function (name) { return attempt(function () { return self.localStorage.getItem(name); }); },
    write: function (name, value) { attempt(function () { self.localStorage.setItem(name, value); }); },
    forget: function (start) {
      attempt(function () {
        Object.keys(self.localStorage).forEach(function (name) {
          if (name.indexOf(start) === 0) self.localStorage.removeItem(name);
        });
      });
    },
  };

  try {
    if (self.localStorage) return; // the only kind of storage that says at once whether it is refused
  } catch (refusal) {}

  function emptyDatabase() {
    function answer(result) {
      var request = { result: result };
      setTimeout(function () {
        request.onsuccess({ target: request });
      });
      return request;
    }
    function nothing() {
      return answer(undefined);
    }
    var store = {
      clear: nothing,
      count: function () { return answer(0); },
      delete: nothing,
      get: nothing,
      getAllKeys: function () { return answer([]); },
      getKey: nothing,
      put: nothing,
    };
    var transaction = { objectStore: function () { return store; } };
    var database = { transaction: function () { return transaction; }, close: function () {} };
    Object.defineProperty(self, "indexedDB", { value: { open: function () { return answer(database); } } });
  }

  function blob(text) {
    return URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  }

  emptyDatabase();
  var before = blob("(" + emptyDatabase + ")()");
  var RealWorker = self.Worker;
  self.Worker = function (address, options) {
    return Reflect.construct(RealWorker, [blob('import "' + before + '"; import "' + address + '";'), options], new.target);
  };
  self.Worker.prototype = RealWorker.prototype;
})();
