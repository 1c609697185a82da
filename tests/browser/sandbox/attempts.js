// Every way out of a worker that we could think of. A way that is open shows outside, as a request whose path or a thing
// whose name says "escape-" and the attempt's name, or it says "got".

(site, other) => {
  const script = (place, name) => `${place}escape-${name}.js`;
  const blob = text => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const quiet = worker => { worker.onerror = event => event.preventDefault(); }; // else the attempts end with it
  const socket = place => place.replace("http", "ws");
  const asked = opening => new Promise((done, failed) => {
    opening.onsuccess = () => done(opening.result);
    opening.onerror = () => failed(opening.error);
  });

  // Names by which the browser's own functions and objects would be found again.
  const FORBIDDEN = new RegExp(`^(fetch|XMLHttpRequest|WebSocket|WebSocketStream|EventSource|WebTransport|importScripts
    |Worker|SharedWorker|ServiceWorker|BroadcastChannel|CacheStorage|Cache|IDB\\w+|StorageManager|StorageBucket\\w*
    |LockManager|Navigator|WorkerNavigator|FontFace|FontFaceSet|FileSystem\\w*|RTC\\w+|Request|Response|Blob|File
    |FileReader\\w*|URL|Notification|PushManager|CookieStore|WorkerLocation|Window)$`.replace(/\s/g, ""));

  // Walks all that can be reached from here and from what is on the stack, through prototypes and accessors.
  function reachable() {
    Error.prepareStackTrace = (_, sites) => sites.map(site => [site.getThis(), site.getFunction()]);
    const places = [self, new Error("where").stack, self.pyodide, (async () => {}).constructor, function* () {}];
    delete Error.prepareStackTrace;
    const seen = new Set();
    const found = new Set();
    const look = one => {
      if (one === null || !/object|function/.test(typeof one) || seen.has(one)) return;
      seen.add(one);
      places.push(one);
    };
    for (let number = 0; number < places.length && number < 300_000; number++) {
      const one = places[number];
      try {
        const tag = Object.prototype.toString.call(one).slice(8, -1);
        const native = typeof one === "function" && Function.prototype.toString.call(one).includes("[native code]");
        const name = native ? Object.getOwnPropertyDescriptor(one, "name")?.value : tag;
        if (FORBIDDEN.test(name)) found.add(name);
        look(Object.getPrototypeOf(one));
        if (ArrayBuffer.isView(one) || typeof one === "string") continue;
        for (const key of Reflect.ownKeys(one)) {
          const { value, get, set } = Object.getOwnPropertyDescriptor(one, key);
          for (const next of [value, get, set]) look(next);
        }
        if (typeof one === "function") look(one.arguments);
      } catch { /* it lets nobody look */ }
    }
    if (found.size) return `got ${[...found]}`;
  }

  if (Object.hasOwn(self, "pyodide")) delete self.fetch; // that of worker.js, which stands before the browser's
  const ways = {
    fetch: name => fetch(script(other, name)),
    fetch_site: name => fetch(script(site, name)),
    fetch_opaque: name => fetch(script(other, name), { mode: "no-cors", keepalive: true }),
    xhr: name => {
      const asking = new XMLHttpRequest();
      asking.open("GET", script(other, name), false);
      asking.send();
    },
    socket: name => { new WebSocket(script(socket(other), name)); },
    socket_site: name => { new WebSocket(script(socket(site), name)); },
    events: name => { new EventSource(script(other, name)); },
    events_site: name => { new EventSource(script(site, name)); },
    transport: name => {
      const opening = new WebTransport(script(other.replace("http:", "https:"), name));
      opening.closed.catch(() => 0);
      return opening.ready;
    },
    scripts: name => { importScripts(script(other, name)); },
    scripts_site: name => { importScripts(script(site, name)); },
    module: name => import(script(other, name)),
    module_site: name => import(script(site, name)),
    module_generated: name => (0, eval)(`import("${script(other, name)}")`),
    module_function: name => new Function(`return import("${script(other, name)}")`)(),
    module_later: name => { setTimeout(`import("${script(other, name)}").catch(() => 0)`); },
    module_in_module: name => import(blob(`import "${script(other, name)}"`)),
    module_kept: name => { new WeakRef(self); return (async () => {}).constructor(`await import("${script(site, name)}")`)(); },
    worker_site: name => { quiet(new Worker(script(site, name))); },
    worker_blob: name => { quiet(new Worker(blob(`fetch("${script(other, name)}").catch(() => 0)`))); },
    font: name => new FontFace("any", `url(${script(other, name)})`).load(),
    database: name => asked(indexedDB.open(`escape-${name}`)),
    cache: async name => (await caches.open(`escape-${name}`)).put(script(site, name), new Response("escaped")),
    cached: async () => {
      for (const key of await caches.keys()) {
        const cache = await caches.open(key);
        for (const request of await cache.keys()) await cache.put(request, new Response("escape-cached"));
      }
    },
    disk: async name => (await navigator.storage.getDirectory()).getFileHandle(`escape-${name}`, { create: true }),
    bucket: async name => navigator.storageBuckets.open(`escape-${name}`),
    lock: name => { navigator.locks.request(`escape-${name}`, () => new Promise(() => {})).catch(() => 0); },
    channel: name => new BroadcastChannel("heard").postMessage(`escape-${name}`),
    message: name => postMessage(`escape-${name}`),
    stored: async () => `got ${await caches.keys()}`,
    where: () => `got ${location.href}`,
    who: () => `got ${navigator.userAgent}`,
    inherited: () => `got ${Object.getPrototypeOf(self.constructor.prototype).fetch.name}`,
    reachable,
  };

  const settled = async ([name, way]) => [name, await Promise.race([
    (async () => String(await way(name)))().catch(String),
    new Promise(late => setTimeout(late, 3000, "no answer")),
  ])];
  return Promise.all(Object.entries(ways).map(settled)).then(all => JSON.stringify(Object.fromEntries(all)));
}
