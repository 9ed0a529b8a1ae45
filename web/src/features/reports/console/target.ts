// What an act of the audit log was done to, by name, and where it can be looked at.
import type { RouteLocationRaw } from 'vue-router'
import type { AuditLogQuery } from '@/shared/gql/console/reports/graphql'
import { kinds } from './zh-CN'

type Row = Pick<AuditLogQuery['auditLog']['nodes'][number], 'action' | 'target' | 'targets'>

export interface Target {
  /** what sort of thing it is; empty where the name says it */
  kind: string
  /** empty where the asker may not know it, and for what is gone without a trace */
  name: string
  gone: boolean
  /** the raw id: what somebody may have to search for */
  id: string
  to?: RouteLocationRaw
}
const pages: Record<string, (id: string) => RouteLocationRaw> = {
  crs: (id) => ({ name: 'course', params: { id } }),
  adj: (id) => ({ name: 'adjustments', query: { id } }),
  apl: (id) => ({ name: 'appeals', query: { id } }),
  ast: (id) => ({ name: 'library', query: { id } }),
  gol: () => ({ name: 'play' }),
  frz: () => ({ name: 'play' }),
}
const prefix = (id: string) => /^([a-z]{3})_/.exec(id)?.[1] ?? ''

export function targetsOf({ action, target, targets }: Row): Target[] {
  if (/^credits\.(pack_|basis_)/.test(action)) {
    const [version = target, number] = target.split('#')
    const to = { name: 'rulePack', params: { version } }
    return [{ kind: '规则包', name: version, gone: false, id: number ?? '', to }]
  }
  return targets.map(({ id, name, gone, opens }) => ({
    kind: kinds[prefix(id)] ?? '',
    name: name ?? '',
    gone,
    id,
    ...(opens && { to: pages[prefix(opens)]?.(opens) }),
  }))
}
