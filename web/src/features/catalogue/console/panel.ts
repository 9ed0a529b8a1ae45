// What stands at the right of the outline.
import type { CourseOutlineQuery } from '@/shared/gql/console/catalogue/graphql'

export type Course = NonNullable<CourseOutlineQuery['course']>
export type Chapter = Course['chapters'][number]
export type Lesson = Chapter['lessons'][number]
export type Question = NonNullable<Lesson['questions']>[number]
export type Pending = NonNullable<Lesson['pending']>[number]
export type Video = Extract<Lesson, { __typename?: 'VideoLesson' }>

export type Reading = Extract<Lesson, { __typename?: 'ReadingLesson' }>

export type Panel =
  | { kind: 'about' }
  | { kind: 'video'; chapterId: string }
  | { kind: 'reading'; chapterId: string }
  | { kind: 'lesson'; lessonId: string }

export type Policy = CourseOutlineQuery['reviewPolicy']
/** Whether something may be added here: to a draft; and straight to what is published, where the school asks for no review. */
export const mayAdd = (course: Course, policy: Policy) =>
  course.status === 'DRAFT' || (course.status === 'PUBLISHED' && policy === 'NONE' && !course.draft)
export const isDraft = (course: Course) => course.status === 'DRAFT'
export const isVideo = (lesson: Lesson): lesson is Video => lesson.__typename === 'VideoLesson'

export function lessonOf(course: Course, id: string): Lesson | undefined {
  return course.chapters.flatMap((chapter) => chapter.lessons).find((lesson) => lesson.id === id)
}
export const chapterOf = (course: Course, id: string) => course.chapters.find((chapter) => chapter.id === id)
export const assetsOf = (course: Course) =>
  course.chapters.flatMap((chapter) => chapter.lessons).flatMap(({ asset }) => (asset ? [asset] : []))
