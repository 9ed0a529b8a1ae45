import { start } from '@/app/start'
import { routes } from '@/app/student/routes'

start({ base: '/', routes, admits: () => true })
