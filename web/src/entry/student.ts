import { start } from '@/app/start'
import { routes } from '@/app/student/routes'

start({ base: '/', routes, admits: () => true })
window.addEventListener('load', () => void import('@/app/student/background').then(({ work }) => work()))
