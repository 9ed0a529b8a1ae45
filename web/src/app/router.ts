// Guards and manners of both apps: who may go where, what has the focus and the title after a move.
import { nextTick, watch } from 'vue'
import {
  createRouter,
  createWebHistory,
  type RouteLocationRaw,
  type RouteRecordRaw,
  type Router,
} from 'vue-router'
import type { Role } from '@/shared/gql/app/graphql'
import { useSession } from './session'
import { useToasts } from './toasts'
import { t } from './zh-CN'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** may be seen without a session */
    open?: boolean
    /** without the tab bar or rail: lessons */
    bare?: boolean
    /** shows only what is on this device: needs neither line nor session */
    offline?: boolean
    roles?: Role[]
  }
}

export interface AppPlan {
  base: string
  routes: RouteRecordRaw[]
  /** who may come in at all; the others see the page named no-entry */
  admits: (session: ReturnType<typeof useSession>) => boolean
}

export function createAppRouter(plan: AppPlan): Router {
  const session = useSession()
  const router = createRouter({
    history: createWebHistory(plan.base),
    routes: plan.routes,
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
  })

  router.beforeEach(async (to): Promise<boolean | RouteLocationRaw> => {
    const known = session.ready()
    if (to.meta.offline) return true
    await known
    if (session.status === 'unreachable') return false
    if (session.status === 'out') return to.meta.open ? true : signInPage(to.fullPath)
    if (session.status === 'password') return to.name === 'password' ? true : { name: 'password' }
    if (to.name === 'sign-in') return inside(to.query.next)
    if (to.name === 'password' || to.meta.open) return true
    if (!plan.admits(session)) return to.name === 'no-entry' ? true : { name: 'no-entry' }
    if (to.meta.roles && !session.has(...to.meta.roles)) return { name: 'not-allowed', replace: true }
    return true
  })

  // A page whose code is not here yet, and no line to get it: the page that stands stays, and says why.
  router.onError(() => {
    if (!navigator.onLine) useToasts().show(t('offline'), 'danger')
  })

  // A session that ends in the middle of a page: keep the address, so that signing in leads back to it.
  watch(
    () => session.status,
    (status) => {
      const here = router.currentRoute.value
      if (status === 'out' && !here.meta.open)
        void router.replace(signInPage(session.expired ? here.fullPath : '/'))
      if (status === 'password' && here.name !== 'password') void router.replace({ name: 'password' })
    },
  )

  router.afterEach(async (to, from) => {
    const title = to.meta.title
    document.title = title ? `${title} · ${t('product')}` : t('product')
    if (from.matched.length === 0 || to.path === from.path) return
    await nextTick()
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  })

  return router
}

function signInPage(next: string): RouteLocationRaw {
  return { name: 'sign-in', query: next === '/' ? {} : { next } }
}

/** Only a path of this app; anything else in ?next= is somebody's trick. */
export function inside(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}
