// How a place in a lesson is called: times of a video, numbers of blocks from one.
import { clock } from '@/shared/format'
import type { Span } from './model'
import { t } from './map.zh-CN'

export function placeOf({ start, end }: Span, reading: boolean): string {
  if (!reading) return t('from', clock(start), clock(end))
  return end - start === 1 ? t('block', start + 1) : t('blockRange', start + 1, end)
}
