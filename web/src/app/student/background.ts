// What goes on beside the pages, once the first one stands: the shell is kept for days without a line, and what was studied without
// one is told, wherever in the app the person is by then.
import { watch } from 'vue'
import { useSession } from '@/app/session'
import { useToasts } from '@/app/toasts'
import { exact } from '@/shared/format'
import { t } from './zh-CN'

const AGAIN_MS = 60_000
const session = useSession()

function owes(): boolean {
  try {
    return localStorage.getItem('xianfeng:owing') !== null
  } catch {
    return false
  }
}
async function tell() {
  const person = session.viewer?.id
  if (!person || !navigator.onLine || !owes()) return
  const { tellRest } = await import('@/features/learning/student/deliver')
  const credited = await tellRest(person)
  if (credited > 0) useToasts().ok(t('toldLater', exact(credited)))
}

async function keepShell() {
  const { keep } = await import('./update')
  await keep()
}

export function work() {
  if (import.meta.env.PROD && 'serviceWorker' in navigator)
    keepShell().catch(() => {
      // Without it the app only needs a line to open.
    })
  watch(() => session.viewer?.id, tell, { immediate: true })
  window.addEventListener('online', () => void tell())
  window.setInterval(() => void tell(), AGAIN_MS)
}
