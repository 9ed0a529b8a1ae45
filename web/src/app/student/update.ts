// A release while a page stands open: the new version waits beside it and is offered. A page that changed by itself would take away what
// somebody is in the middle of.
import { createApp } from 'vue'
import UpdateOffer from './UpdateOffer.vue'

const AGAIN_MS = 3_600_000
const shells = 'xianfeng-shell-'
let offered = false

/** Keeps the app on the device, and offers what is newer. */
export async function keep() {
  const registration = await navigator.serviceWorker.register('/sw.js')
  // The first one has nothing to replace.
  if (navigator.serviceWorker.controller) offerUpdates(registration)
}

function offerUpdates(registration: ServiceWorkerRegistration) {
  const look = () => void offer(registration)
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing?.addEventListener('statechange', look)
  })
  // Some pages stand open for days.
  window.setInterval(() => void registration.update().catch(() => {}), AGAIN_MS)
  look()
}

async function offer({ waiting }: ServiceWorkerRegistration) {
  if (!waiting || offered) return
  if (await isNewest()) return waiting.postMessage('take')
  offered = true
  const place = document.body.appendChild(document.createElement('div'))
  const app = createApp(UpdateOffer, {
    onTake() {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload())
      waiting.postMessage('take')
    },
    onLater() {
      app.unmount()
      place.remove()
    },
  })
  app.mount(place)
}

/** The waiting version keeps the script that this page runs: it came from the server after the release. */
async function isNewest(): Promise<boolean> {
  const script = document.querySelector<HTMLScriptElement>('script[type=module][src]')?.src
  const names = (await caches.keys()).filter((name) => name.startsWith(shells))
  const known = await Promise.all(
    names.map(async (name) => script && (await caches.open(name)).match(script)),
  )
  return known.every(Boolean)
}
