/* The app's own files, from the cache where they are; what the API says is never cached here. VERSION and FILES are
   written above by the build. */
/* global VERSION, FILES */
const CACHE = `crossdock-store-${VERSION}`;

self.addEventListener("install", (event) => {
  const all = ["./", "./scheme.js", "./favicon.svg", "./manifest.webmanifest", ...FILES.filter((file) => file.startsWith("assets/"))];
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith("crossdock-store-") && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith("/store/")) return;
  // A newer page where there is a connection, the kept one where there is none; everything else is named by its content.
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match("./")));
  else event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
});
