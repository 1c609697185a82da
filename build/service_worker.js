// Keeps one version of the site, whole, so that it works without a network. build/offline.py writes the constants:
// FILES gives each file's SHA-256 by its path, VERSION stands for all of them. Weights are kept by the page's Python.

const VERSION = "";
const FILES = {};
const PREFIX = "glassformer site ";
const NAME = PREFIX + VERSION;
const HOME = "index.html";

const address = path => new URL(path, self.registration.scope).href;

async function isWhole(path, response) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  return [...digest].map(byte => byte.toString(16).padStart(2, "0")).join("") === FILES[path];
}

// The file as this version has it: from what is kept, of this version or of an older one, else from the server.
async function find(path) {
  const kept = await caches.match(address(path), { cacheName: NAME });
  if (kept && await isWhole(path, kept)) return kept;
  for (const name of await caches.keys()) {
    const other = name.startsWith(PREFIX) && name !== NAME && await caches.match(address(path), { cacheName: name });
    if (other && await isWhole(path, other)) return keep(path, other);
  }
  const response = await fetch(new Request(address(path), { cache: "no-cache" }));
  if (!response.ok || !await isWhole(path, response)) throw new Error(`${path} is not that of version ${VERSION}`);
  return keep(path, response);
}

// Without room the file is used all the same.
async function keep(path, response) {
  try {
    await (await caches.open(NAME)).put(address(path), response.clone());
  } catch (error) {
    console.warn(`${path} could not be kept: ${error.message}`);
  }
  return response;
}

async function install() {
  for (const path of Object.keys(FILES)) await find(path);
  const kept = (await (await caches.open(NAME)).keys()).length;
  if (kept < Object.keys(FILES).length) throw new Error("there is no room to keep the site");
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  }
}

self.addEventListener("install", event => event.waitUntil(install()));
self.addEventListener("activate", event => event.waitUntil(forgetOthers()));

// The next version takes over when a page starts and no other runs; pages that run keep theirs. The page that starts
// stands empty meanwhile: Chromium keeps a new worker waiting as long as files are asked of the old one.
const EMPTY = `<!doctype html><meta name="color-scheme" content="light dark"><script>
  const worker = navigator.serviceWorker;
  const again = () => location.reload();
  worker.oncontrollerchange = worker.onmessage = again;
  setTimeout(again, 10000); // ms; a browser that does not change workers gets the old version
  worker.getRegistration().then(({ waiting }) => waiting ? waiting.postMessage("start") : again());
</script>`;
const ONLY_THAT = "default-src 'none'; script-src 'unsafe-inline'";
const empty = new Set(); // ids of such pages

const pages = () => self.clients.matchAll({ type: "window", includeUncontrolled: true });

async function start(event) {
  const open = await pages(); // with the one that is being left, if any
  if (!self.registration.waiting || open.length > 1 || open.some(page => empty.has(page.id))) return find(HOME);
  empty.add(event.resultingClientId);
  return new Response(EMPTY, { headers: { "Content-Type": "text/html", "Content-Security-Policy": ONLY_THAT } });
}

self.addEventListener("message", event => event.waitUntil((async () => {
  if (event.data !== "start") return;
  if ((await pages()).length === 1) await self.skipWaiting();
  else event.source.postMessage("another page runs");
})()));

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  const scope = self.registration.scope;
  if (event.request.method !== "GET" || !url.href.startsWith(scope)) return;
  if (event.request.mode === "navigate") return event.respondWith(start(event));
  const path = url.origin + url.pathname === scope ? HOME
    : decodeURIComponent((url.origin + url.pathname).slice(scope.length));
  if (path in FILES) event.respondWith(find(path));
});
