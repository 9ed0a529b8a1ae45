// The files on their way, wherever in the console their owner is. The list outlives a reload; the files themselves must be
// picked again (browsers keep none), and go on from where the server has them.
import { computed, ref, shallowRef, watch } from 'vue'
import { api } from '@/app/api'
import { sentence } from '@/app/errors'
import { useSession } from '@/app/session'
import { defineStore } from '@/app/store'
import { CreateUploadDocument, type AssetStateFragment, type UploadPurpose } from '@/shared/gql/app/graphql'
import { isSame, traceOf, type Trace } from '@/shared/upload/fingerprint'
import { pieceSize, transfer, type Transfer } from '@/shared/upload/transfer'
import { followAsset } from './followAsset'
import { t } from './zh-CN'

export interface Upload extends Trace {
  assetId: string
  endpoint: string
  /** lost: known from before the reload, waits for its file */
  state: 'sending' | 'paused' | 'lost' | 'failed' | 'sent'
  sent: number
  failure: string | null
  /** what becomes of it after the last byte */
  asset: AssetStateFragment | null
}

export const useUploads = defineStore(() => {
  const session = useSession()
  const list = ref<Upload[]>([])
  const refused = shallowRef<{ name: string; why: string }[]>([])
  const running = new Map<string, Transfer>()
  const followed = new Map<string, () => void>()
  const key = () => `xianfeng:uploads:${session.viewer?.id ?? ''}`

  const sending = computed(() => list.value.some((upload) => upload.state === 'sending'))
  const find = (assetId: string) => list.value.find((upload) => upload.assetId === assetId)

  function restore() {
    for (const stop of followed.values()) stop()
    followed.clear()
    const kept = JSON.parse(localStorage.getItem(key()) ?? '[]') as Upload[]
    list.value = kept.map((upload) => ({ ...upload, state: 'lost', failure: null, asset: null }))
  }
  function keep() {
    const open = list.value.filter((upload) => upload.state !== 'sent')
    if (open.length > 0) localStorage.setItem(key(), JSON.stringify(open))
    else localStorage.removeItem(key())
  }
  watch(() => session.viewer?.id, restore, { immediate: true })
  const pieces = (upload: Upload) => Math.floor(upload.sent / pieceSize)
  watch(() => list.value.map((upload) => `${upload.assetId}${upload.state}${pieces(upload)}`).join(), keep)
  watch(sending, (busy) => {
    if (busy) window.addEventListener('beforeunload', warn)
    else window.removeEventListener('beforeunload', warn)
  })
  const warn = (event: BeforeUnloadEvent) => event.preventDefault()

  /** Begins new files, and goes on with those that were begun before. */
  async function add(files: Iterable<File>, purpose: UploadPurpose = 'VIDEO'): Promise<Upload[]> {
    refused.value = []
    const begun: Upload[] = []
    for (const file of files) {
      const known = list.value.find((upload) => upload.state !== 'sent' && isSame(upload, traceOf(file)))
      const upload = known ?? (await announce(file, purpose))
      if (!upload) continue
      begun.push(upload)
      await send(upload, file)
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
    const { asset, uploadUrl } = data.createUpload
    list.value.unshift({
      ...traceOf(file),
      assetId: asset.id,
      endpoint: uploadUrl,
      state: 'sending',
      sent: 0,
      failure: null,
      asset: null,
    })
    return find(asset.id) ?? null
  }

  async function send(upload: Upload, file: File) {
    await running.get(upload.assetId)?.pause()
    const way = transfer(file, upload.endpoint, {
      progress: (sent) => (upload.sent = sent),
      done: () => sent(upload),
      failed: (why) => {
        upload.state = 'failed'
        upload.failure = why === null ? t('uploadBroken') : why || t('uploadRefused')
      },
    })
    running.set(upload.assetId, way)
    upload.state = 'sending'
    upload.failure = null
    await way.start()
  }

  function sent(upload: Upload) {
    upload.state = 'sent'
    upload.sent = upload.size
    running.delete(upload.assetId)
    const stop = followAsset(upload.assetId, (asset) => (upload.asset = asset))
    followed.set(upload.assetId, stop)
  }

  async function pause(upload: Upload) {
    await running.get(upload.assetId)?.pause()
    upload.state = 'paused'
  }
  async function resume(upload: Upload) {
    upload.state = 'sending'
    upload.failure = null
    await running.get(upload.assetId)?.start()
  }
  /** Gone from the list at once; whether the server could be told does not matter, unfinished uploads expire there. */
  async function drop(upload: Upload) {
    const way = running.get(upload.assetId)
    followed.get(upload.assetId)?.()
    running.delete(upload.assetId)
    list.value = list.value.filter((one) => one !== upload)
    if (upload.state !== 'sent') await way?.cancel().catch(() => undefined)
  }
  const canResume = (upload: Upload) => running.has(upload.assetId)

  return { list, refused, sending, add, pause, resume, drop, canResume, find }
})
