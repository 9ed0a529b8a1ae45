// The pure parts of reviewing: which tabs a course has, and what is folded away in a long difference.
import { t as app } from '@/app/zh-CN'
import type {
  ContentsFragment,
  ContentsPartFragment,
  DifferencesFragment,
} from '@/shared/gql/console/review/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Lesson = ContentsPartFragment
export type Difference = DifferencesFragment['lessons'][number]
export type Run = Plain<Difference['text'][number]>
export type TabKey = 'differences' | 'text' | 'captions' | 'video'

export const lessonsOf = (contents: ContentsFragment): Lesson[] =>
  contents.chapters.flatMap((chapter) => chapter.lessons)

/** How much stands behind each tab. */
export function counts(contents: ContentsFragment, differences: DifferencesFragment): Record<TabKey, number> {
  const lessons = lessonsOf(contents)
  return {
    differences: differences.fields.length + differences.chapters.length + differences.lessons.length,
    text: lessons.filter((lesson) => lesson.html != null || lesson.questions.length > 0).length,
    captions: lessons.reduce((sum, lesson) => sum + lesson.captions.length, 0),
    video: lessons.filter((lesson) => lesson.kind === 'VIDEO').length,
  }
}

/** What it is filed under, as facts. */
export const labels = ({ tags, stages }: Pick<ContentsFragment, 'tags' | 'stages'>) => [
  { key: 'tags', label: t('fieldtags'), value: tags.join('、') || t('noSource') },
  {
    key: 'stages',
    label: t('fieldstages'),
    value: stages.map((stage) => app(`stage${stage}`)).join('、') || t('anyStage'),
  },
]

const around = 60
const long = 3 * around

export interface Shown extends Run {
  /** characters that are left out in the middle */
  left?: { head: string; tail: string; count: number }
}
/** What stayed the same is shortened to some words around what did not. */
export function folded(runs: readonly Run[]): Shown[] {
  return runs.map((run, at) => {
    const letters = [...run.text]
    if (run.kind !== 'SAME' || letters.length <= long) return run
    const head = at === 0 ? '' : letters.slice(0, around).join('')
    const tail = at === runs.length - 1 ? '' : letters.slice(-around).join('')
    return { ...run, left: { head, tail, count: letters.length - [...head, ...tail].length } }
  })
}
