// Who is signed in, and at which school. The only state besides toasts that is global; everything else lives in the query cache.
import type { CombinedError } from '@urql/core'
import { computed, ref, shallowRef } from 'vue'
import {
  ChangePasswordDocument,
  SessionDocument,
  SignInDocument,
  SignOutDocument,
  type Role,
  type SessionQuery,
} from '@/shared/gql/app/graphql'
import { api, onRefusal, reconnect } from './api'
import { codeOf, refusedAt } from './errors'
import { defineStore } from './store'

export type Viewer = NonNullable<SessionQuery['viewer']>
/** Whose device this is, also before the server has been asked: until that person signs out. */
const owner = 'xianfeng:person'
export function signedIn(): string | null {
  try {
    return localStorage.getItem(owner)
  } catch {
    return null
  }
}
function remember(id: string | null) {
  try {
    if (id) localStorage.setItem(owner, id)
    else localStorage.removeItem(owner)
  } catch {
    // A browser that keeps nothing has nothing to show without a line.
  }
}

export type School = SessionQuery['school']

/** password: signed in with a one-time password, which must be changed before anything else answers. */
type Status = 'unknown' | 'unreachable' | 'out' | 'password' | 'in'

export const useSession = defineStore(() => {
  const status = ref<Status>('unknown')
  const viewer = shallowRef<Viewer | null>(null)
  const school = shallowRef<School | null>(null)
  const expired = ref(false)
  let loading: Promise<void> | null = null

  const isConsoleUser = computed(() => has('LECTURER', 'ADMIN', 'AUDITOR'))
  function has(...roles: Role[]): boolean {
    return viewer.value?.roles.some((role) => roles.includes(role)) ?? false
  }

  async function load() {
    const { data, error } = await api.value
      .query(SessionDocument, {}, { requestPolicy: 'network-only' })
      .toPromise()
    if (data?.school) school.value = data.school
    const answer = judge(data, error)
    // A line that drops later must not take the page away; only the start needs the server.
    if (answer === 'unreachable' && status.value === 'in') return
    viewer.value = data?.viewer ?? null
    status.value = answer
    if (data?.viewer) remember(data.viewer.id)
  }

  /** Settles once, whoever asks first; asks again after a failure. */
  function ready(): Promise<void> {
    if (status.value !== 'unknown' && status.value !== 'unreachable') return Promise.resolve()
    return loadOnce()
  }
  function loadOnce(): Promise<void> {
    loading ??= load().finally(() => (loading = null))
    return loading
  }

  async function signIn(username: string, password: string) {
    const { error } = await api.value.mutation(SignInDocument, { username, password }).toPromise()
    if (error) throw error
    expired.value = false
    reconnect()
    await load()
  }

  async function signOut() {
    const { error } = await api.value.mutation(SignOutDocument, {}).toPromise()
    if (error && codeOf(error) !== 'UNAUTHENTICATED') throw error
    remember(null)
    leave()
  }

  async function changePassword(current: string, next: string) {
    const { error } = await api.value.mutation(ChangePasswordDocument, { current, new: next }).toPromise()
    if (error) throw error
    reconnect()
    await load()
  }

  function leave() {
    viewer.value = null
    status.value = 'out'
    reconnect()
  }

  onRefusal({
    // Signing in with a wrong password is UNAUTHENTICATED too; only a session that stood can expire.
    expired() {
      if (status.value !== 'in') return
      expired.value = true
      leave()
    },
    // An admin may have set a one-time password meanwhile; the session query tells that from a plain refusal.
    forbidden() {
      if (status.value === 'in') void loadOnce()
    },
  })

  return { status, viewer, school, expired, isConsoleUser, has, ready, signIn, signOut, changePassword }
})

function judge(data: SessionQuery | undefined, error: CombinedError | undefined): Status {
  if (data?.viewer) return 'in'
  // Nothing but a one-time password refuses people their own card.
  if (refusedAt(error, 'viewer', 'FORBIDDEN')) return 'password'
  return !error || codeOf(error) === 'UNAUTHENTICATED' ? 'out' : 'unreachable'
}
