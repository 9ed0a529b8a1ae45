// The files on their way, wherever in the console their owner is. Two are sent at once, the rest wait. The queue outlives a reload: with the
// files themselves where the browser keeps them, else they are chosen again and go on from where the server has them. When the line breaks
// they go on by themselves as soon as it is back.
import { computed, ref, shallowRef, toRaw, watch } from 'vue'
import { api } from '@/app/api'
import { sentence } from '@/app/errors'
import { useSession } from '@/app/session'
import { defineStore } from '@/app/store'
import { CreateUploadDocument, type AssetStateFragment, type UploadPurpose } from '@/shared/gql/app/graphql'
import { isSame, reopen, traceOf, type Chosen, type Trace } from '@/shared/upload/fingerprint'
import { Pace, timeLeft } from '@/shared/upload/pace'
import { pieceSize, transfer, type Transfer } from '@/shared/upload/transfer'
import { followAsset } from './followAsset'
import { put, take, type Kept } from './uploadShelf'
import { t } from './zh-CN'

export interface Upload extends Trace {
  assetId: string
  endpoint: string
  /** waiting: for its turn; offline: for the line; lost: known from before the reload, waits for its file */
  state: 'waiting' | 'sending' | 'offline' | 'paused' | 'lost' | 'failed' | 'sent'
  sent: number
  /** bytes a second, and milliseconds until the end */
  speed: number | null
  left: number | null
  failure: string | null
  /** what becomes of it after the last byte */
  asset: AssetStateFragment | null
  handle?: FileSystemFileHandle
}

const AT_ONCE = 2
/** So often a file that lost its line is tried again; at once when the browser says that the line is back. */
const AGAIN = 10_000

export const useUploads = defineStore(() => {
  const session = useSession()
  const list = ref<Upload[]>([])
  const refused = shallowRef<{ name: string; why: string }[]>([])
  const running = new Map<string, Transfer>()
  const paces = new Map<string, Pace>()
  const followed = new Map<string, () => void>()
  const again = new Map<string, ReturnType<typeof setTimeout>>()
  const person = () => session.viewer?.id ?? ''

  const sending = computed(() => list.value.some((upload) => upload.state === 'sending'))
  const find = (assetId: string) => list.value.find((upload) => upload.assetId === assetId)
  const isOpen = (upload: Upload) => upload.state !== 'sent'

  const blank = { speed: null, left: null, failure: null, asset: null }
  /** Whether a file that was not found again yet was paused by hand before the reload. */
  const pausedBefore = new Map<string, boolean>()
  /** Whose queue is in the list. */
  let restored = ''
  async function restore() {
    const who = person()
    restored = ''
    for (const upload of list.value) void running.get(upload.assetId)?.pause()
    for (const stop of followed.values()) stop()
    for (const map of [running, paces, followed, again]) map.clear()
    list.value = []
    if (!who) return
    const shelved = await take(who)
    if (who !== person()) return
    // What was begun while the shelf was read stays on top.
    const fresh = new Set(list.value.map((upload) => upload.assetId))
    const before = shelved.filter((one) => !fresh.has(one.assetId))
    for (const { paused, ...one } of before) {
      pausedBefore.set(one.assetId, paused)
      list.value.push({ ...blank, ...one, state: 'lost' })
    }
    restored = who
    keep()
    for (const upload of list.value) if (upload.state === 'lost') await reopened(upload, false)
  }

  /** Goes on with the file that the browser has kept. */
  async function reopened(upload: Upload, ask: boolean): Promise<boolean> {
    const wasPaused = pausedBefore.get(upload.assetId) === true
    const file = upload.handle ? await reopen(toRaw(upload.handle), upload, ask) : null
    if (!file) return false
    ready(upload, file)
    upload.state = wasPaused && !ask ? 'paused' : 'waiting'
    next()
    return true
  }

  function keep() {
    if (restored !== person() || !restored) return
    const open: Kept[] = list.value.filter(isOpen).map((upload) => {
      const { name, size, changed, assetId, endpoint, sent, state, handle } = toRaw(upload)
      const paused = state === 'lost' ? pausedBefore.get(assetId) === true : state === 'paused'
      return {
        name,
        size,
        changed,
        assetId,
        endpoint,
        sent,
        paused,
        ...(handle && { handle: toRaw(handle) }),
      }
    })
    void put(person(), open)
  }
  watch(() => session.viewer?.id, restore, { immediate: true })
  const pieces = (upload: Upload) => Math.floor(upload.sent / pieceSize)
  watch(() => list.value.map((upload) => `${upload.assetId}${upload.state}${pieces(upload)}`).join(), keep)
  watch(sending, (busy) => {
    if (busy) window.addEventListener('beforeunload', warn)
    else window.removeEventListener('beforeunload', warn)
  })
  const warn = (event: BeforeUnloadEvent) => event.preventDefault()
  window.addEventListener('online', () =>
    list.value.forEach((upload) => upload.state === 'offline' && retry(upload)),
  )

  /** Begins new files, and goes on with those that were begun before. */
  async function add(chosen: Iterable<Chosen>, purpose: UploadPurpose = 'VIDEO'): Promise<Upload[]> {
    refused.value = []
    const begun: Upload[] = []
    for (const { file, handle } of chosen) {
      const known = list.value.find((upload) => isOpen(upload) && isSame(upload, traceOf(file)))
      const upload = known ?? (await announce(file, purpose))
      if (!upload) continue
      if (handle) upload.handle = handle
      begun.push(upload)
      if (known && running.has(known.assetId)) {
        if (known.state !== 'sending') await resume(known)
        continue
      }
      ready(upload, file)
      upload.state = 'waiting'
      next()
    }
    return begun
  }

  async function announce(file: File, purpose: UploadPurpose): Promise<Upload | null> {
    const input = { fileName: file.name, purpose }
    const { data, error } = await api.value.mutation(CreateUploadDocument, { input }).toPromise()
    if (error || !data) {
      refused.value = [...refused.value, { name: file.name, why: sentence(error) }]
      return null
    }
    const { asset, uploadUrl: endpoint } = data.createUpload
    list.value.unshift({ ...blank, ...traceOf(file), assetId: asset.id, endpoint, state: 'waiting', sent: 0 })
    return find(asset.id) ?? null
  }

  function ready(upload: Upload, file: File) {
    const pace = new Pace()
    paces.set(upload.assetId, pace)
    const way = transfer(file, upload.endpoint, {
      progress(sent) {
        upload.sent = sent
        pace.note(sent, performance.now())
        upload.speed = pace.speed()
        upload.left = timeLeft(upload.size - sent, upload.speed)
      },
      done: () => finished(upload),
      stopped: (why) => (why.again ? offline(upload, why.sentence) : failed(upload, why.sentence)),
    })
    running.set(upload.assetId, way)
  }

  /** The oldest that waits has its turn as soon as there is one. */
  function next() {
    let free = AT_ONCE - list.value.filter((upload) => upload.state === 'sending').length
    for (const upload of [...list.value].reverse()) {
      if (free <= 0) return
      if (upload.state !== 'waiting') continue
      free -= 1
      upload.state = 'sending'
      upload.failure = null
      void running
        .get(upload.assetId)
        ?.start()
        .catch(() => offline(upload, null))
    }
  }
  function rest(upload: Upload, state: Upload['state'], failure: string | null = null) {
    paces.get(upload.assetId)?.stop()
    Object.assign(upload, { state, failure, speed: null, left: null })
    next()
  }
  function failed(upload: Upload, why: string | null) {
    rest(upload, 'failed', why === null ? t('uploadBroken') : why || t('uploadRefused'))
  }
  function offline(upload: Upload, why: string | null) {
    rest(upload, 'offline', why)
    again.set(
      upload.assetId,
      setTimeout(() => retry(upload), AGAIN),
    )
  }
  function retry(upload: Upload) {
    clearTimeout(again.get(upload.assetId))
    if (upload.state !== 'offline' || !list.value.includes(upload)) return
    upload.state = 'waiting'
    next()
  }
  function finished(upload: Upload) {
    running.delete(upload.assetId)
    upload.sent = upload.size
    rest(upload, 'sent')
    const stop = followAsset(upload.assetId, (asset) => (upload.asset = asset))
    followed.set(upload.assetId, stop)
  }

  async function pause(upload: Upload) {
    clearTimeout(again.get(upload.assetId))
    await running.get(upload.assetId)?.pause()
    rest(upload, 'paused')
  }
  async function resume(upload: Upload): Promise<boolean> {
    if (!running.has(upload.assetId)) return reopened(upload, true)
    upload.state = 'waiting'
    next()
    return true
  }
  /** Gone from the list at once; whether the server could be told does not matter, unfinished uploads expire there. */
  async function drop(upload: Upload) {
    const way = running.get(upload.assetId)
    followed.get(upload.assetId)?.()
    clearTimeout(again.get(upload.assetId))
    for (const map of [running, paces, pausedBefore]) map.delete(upload.assetId)
    list.value = list.value.filter((one) => one.assetId !== upload.assetId)
    next()
    if (upload.state !== 'sent') await way?.cancel().catch(() => undefined)
  }
  /** Whether a click is enough; else the file must be chosen again. */
  const canResume = (upload: Upload) => running.has(upload.assetId) || upload.handle !== undefined

  return { list, refused, sending, add, pause, resume, drop, canResume, find }
})
