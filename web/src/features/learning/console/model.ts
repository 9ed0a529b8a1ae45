import type { StudyFlagsQuery } from '@/shared/gql/console/learning/graphql'
import { t } from './zh-CN'

export type Flag = StudyFlagsQuery['studyFlags']['nodes'][number]

const kinds = {
  evencadence: 'kindEven',
  unbroken: 'kindUnbroken',
  longday: 'kindLongDay',
  fastanswer: 'kindFastAnswer',
  cluster: 'kindCluster',
} as const
/** A kind that is newer than this page is told by its evidence alone. */
export function kindOf(kind: string): string {
  const key = kinds[kind.replace(/[^a-z]/gi, '').toLowerCase() as keyof typeof kinds]
  return t(key ?? 'kindOther')
}
