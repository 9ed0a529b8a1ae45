// The service worker of the student app, small on purpose: the shell opens without a line, so that readings kept on the device can be
// read. It keeps no answer of the server and sends nothing. The build fills in the list (build/serviceWorker.ts).
const files = __FILES__
const shell = 'xianfeng-shell-__VERSION__'
const pictures = 'xianfeng-pictures'
const PATIENCE_MS = 3000
/** the console and what is no page; the rest of the paths are the student app */
const notOurs = /^\/(console|graphql|media|uploads|exports|healthz|readyz|metrics)(\/|$)/

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files)))
  // The first one begins at once; a newer one waits until a page asks for it (app/student/update.ts), or until all are closed.
  if (!self.registration.active) self.skipWaiting()
})
self.addEventListener('message', ({ data }) => {
  if (data === 'take') self.skipWaiting()
})
self.addEventListener('activate', (event) => event.waitUntil(tidy()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin || notOurs.test(url.pathname)) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request))
  else if (url.pathname.startsWith('/pictures/')) event.respondWith(picture(request))
})

async function tidy() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('xianfeng-') && name !== shell && name !== pictures)
  await Promise.all(old.map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** The server's page; the kept one when there is no line, or a line that does not answer. */
async function page(request) {
  const kept = await (await caches.open(shell)).match('/')
  if (!kept) return fetch(request)
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE_MS))
  return Promise.race([fetch(request).catch(() => kept), late])
}

/** Their names change with their content: what is here is right. */
async function asset(request) {
  const cache = await caches.open(shell)
  const kept = await cache.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok && answer.type === 'basic') await cache.put(request, answer.clone())
  return answer
}

/** Only those of readings that were kept on purpose are here. */
async function picture(request) {
  const kept = await (await caches.open(pictures)).match(request)
  return kept ?? fetch(request)
}
