// What an act of the audit log was done to, in words, and where it can be looked at.
import type { RouteLocationRaw } from 'vue-router'
import { kinds } from './zh-CN'

export interface Target {
  name: string
  /** the raw id: what somebody may have to search for */
  id: string
  to?: RouteLocationRaw
}
const pages: Record<string, (id: string) => RouteLocationRaw> = {
  crs: (id) => ({ name: 'course', params: { id } }),
  adj: (id) => ({ name: 'adjustments', query: { id } }),
  apl: (id) => ({ name: 'appeals', query: { id } }),
}

export function targetOf(action: string, target: string): Target {
  if (/^credits\.(pack_|basis_)/.test(action)) {
    const [version = target, number] = target.split('#')
    const to = { name: 'rulePack', params: { version } }
    return { name: `规则包 ${version}`, id: number ?? '', to }
  }
  const prefix = /^([a-z]{3})_/.exec(target)?.[1] ?? ''
  return { name: kinds[prefix] ?? '', id: target, to: pages[prefix]?.(target) }
}
