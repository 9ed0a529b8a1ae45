// Puts an app on its page. Both entries end here.
import urql from '@urql/vue'
import { createApp } from 'vue'
import '@/design/tokens.css'
import '@/design/base.css'
import { api } from './api'
import AppRoot from './AppRoot.vue'
import { createAppRouter, type AppPlan } from './router'

export function start(plan: AppPlan) {
  reloadAfterRelease()
  const app = createApp(AppRoot)
  app.use(urql, api)
  app.use(createAppRouter(plan))
  app.mount('#app')
}

/** A page opened before a release asks for files that are gone. Loading it anew helps, once; a second failure is something else. */
function reloadAfterRelease() {
  const key = 'xianfeng:reloaded'
  window.addEventListener('vite:preloadError', (event) => {
    // Without a line loading anew would only take the page away that stands.
    if (!navigator.onLine) return
    if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return
    sessionStorage.setItem(key, String(Date.now()))
    event.preventDefault()
    location.reload()
  })
}
