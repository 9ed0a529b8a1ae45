// The filter bar keeps plain strings, '' for "all"; the server is only told what is set.
import type { CreditReportFilter, Stage } from '@/shared/gql/console/reports/graphql'

export interface Chosen {
  query: string
  unitId: string
  stage: Stage | ''
  courseId: string
  from: string
  to: string
}
export const noFilter = (): Chosen => ({ query: '', unitId: '', stage: '', courseId: '', from: '', to: '' })

export function asFilter(chosen: Chosen): CreditReportFilter {
  return Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== ''))
}
export const isEmpty = (filter: CreditReportFilter) => Object.keys(filter).length === 0

/** The two ends of days of the school's zone as instants: what the audit log is asked by. */
export const startOf = (day: string) => (day ? new Date(`${day}T00:00:00+08:00`).toISOString() : undefined)
export const endOf = (day: string) => (day ? new Date(`${day}T23:59:59.999+08:00`).toISOString() : undefined)
