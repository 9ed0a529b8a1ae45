// Puts an HLS playlist into a video element. WebKit plays it by itself; Chromium claims to as well, and does it badly, so the
// answer of canPlayType is not asked first.
import type { ErrorData } from 'hls.js'
import type { Router } from 'vue-router'

export type Fault = 'expired' | 'network' | 'media'

export function playsByItself(agent: string): boolean {
  if (/iP(hone|ad|od)/.test(agent)) return true
  return /Macintosh/.test(agent) && /Safari/.test(agent) && !/Chrom(e|ium)|Edg|Firefox/.test(agent)
}

/** Fetches the lesson's page and what plays while nobody waits, so that a tap is answered by a picture. Not for who saves data. */
export function warm(router: Router): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } }
  if (connection?.saveData) return
  const page: unknown = router.getRoutes().find(({ name }) => name === 'lesson')?.components?.default
  if (typeof page === 'function') Promise.resolve(page()).catch(() => undefined)
  if (!playsByItself(navigator.userAgent)) void import('hls.js/light').catch(() => undefined)
}

/** Resolves to what lets go of it. `onFault` is told what cannot be mended here. */
export async function attach(
  video: HTMLVideoElement,
  url: string,
  onFault: (fault: Fault) => void,
): Promise<() => void> {
  if (playsByItself(navigator.userAgent)) return attachNative(video, url, onFault)
  const { default: Hls } = await import('hls.js/light')
  if (!Hls.isSupported()) return attachNative(video, url, onFault)

  const hls = new Hls({
    // a tunnel on a train
    maxBufferLength: 60,
    backBufferLength: 30,
    startLevel: -1,
    // The first picture does not wait for the element to be ready.
    startFragPrefetch: true,
    capLevelToPlayerSize: true,
  })
  let mended = 0
  hls.on(Hls.Events.ERROR, (_event: unknown, data: ErrorData) => {
    const status = data.response?.code ?? 0
    // hls.js asks again for a segment that is gone, and calls that no fault.
    if (status === 410 || status === 403) {
      hls.stopLoad()
      return onFault('expired')
    }
    if (!data.fatal) return
    if (mended++ > 2) return onFault(data.type === Hls.ErrorTypes.MEDIA_ERROR ? 'media' : 'network')
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError()
    else if (data.details === Hls.ErrorDetails.MANIFEST_LOAD_ERROR)
      setTimeout(() => hls.loadSource(url), 1000 * mended)
    else setTimeout(() => hls.startLoad(), 1000 * mended)
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return () => hls.destroy()
}

function attachNative(video: HTMLVideoElement, url: string, onFault: (fault: Fault) => void): () => void {
  const onError = () => onFault(video.error?.code === MediaError.MEDIA_ERR_NETWORK ? 'network' : 'media')
  video.addEventListener('error', onError)
  video.src = url
  return () => {
    video.removeEventListener('error', onError)
    video.removeAttribute('src')
    video.load()
  }
}
