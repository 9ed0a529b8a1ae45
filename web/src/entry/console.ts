import 'element-plus/theme-chalk/base.css'
import { start } from '@/app/start'
import { routes } from '@/app/console/routes'
import '@/design/console.css'

start({ base: '/console/', routes, admits: (session) => session.isConsoleUser })
