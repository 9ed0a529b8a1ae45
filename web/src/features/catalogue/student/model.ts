// Where to go on in a course, and what a lesson is made of in words.
import { count, decimal, duration, isZero } from '@/shared/format'
import type { CourseQuery } from '@/shared/gql/student/catalogue/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './zh-CN'

export type Course = NonNullable<CourseQuery['course']>
export type Lesson = Course['chapters'][number]['lessons'][number]
type Outline = Pick<Plain<Course>, 'chapters'>

export interface Target<L> {
  lesson: L
  act: 'begin' | 'goOn' | 'again'
}

/** What is half done comes first, then the first required one left, then the first left at all, then the beginning again. */
export function nextLesson(course: Outline): Target<Plain<Lesson>> | null {
  const lessons = course.chapters.flatMap((chapter) => chapter.lessons)
  const first = lessons[0]
  if (!first) return null
  const open = lessons.filter(({ progress }) => !progress?.completed)
  const begun = open.find(({ progress }) => (progress?.coverage ?? 0) > 0)
  const next = begun ?? open.find(({ required }) => required) ?? open[0]
  if (!next) return { lesson: first, act: 'again' }
  const isFresh = lessons.every(({ progress }) => !progress?.completed && !progress?.coverage)
  return { lesson: next, act: isFresh ? 'begin' : 'goOn' }
}

export function lessonSize(lesson: Lesson): string {
  if (lesson.__typename === 'VideoLesson')
    return `${t('video')} · ${lesson.durationMs ? duration(lesson.durationMs) : t('converting')}`
  return [t('reading'), lesson.characters ? t('characters', count(lesson.characters)) : '']
    .filter(Boolean)
    .join(' · ')
}

/** Hours and credits as they stand on a card; what is nothing is not said. */
export function worth(course: { hours: string; credits?: string | null }): string[] {
  return [
    isZero(course.hours) ? '' : t('hours', decimal(course.hours)),
    course.credits && !isZero(course.credits) ? t('credits', decimal(course.credits)) : '',
  ].filter(Boolean)
}
