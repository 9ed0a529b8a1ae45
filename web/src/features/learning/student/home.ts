// What the home page says, worked out from real figures only. Pure, so that it can be tested.
import type { StreakDay } from '@/design/components/StreakWeek.vue'
import type { HomeQuery } from '@/shared/gql/app/graphql'
import type { Plain } from '@/shared/plain'
import { t } from './home.zh-CN'

export type HomeViewer = NonNullable<HomeQuery['viewer']>
export type RequiredCourses = HomeQuery['courses']
type Streak = NonNullable<HomeViewer['streak']>
type Viewer = Plain<HomeViewer>
type Courses = Plain<RequiredCourses>

const compound = /^(欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|宇文|长孙|端木|南宫)/

/** 李晓明 → 晓明. A single given character alone sounds brusque, so two-character names stay whole. */
export function givenName(name: string): string {
  const letters = [...name]
  if (!/^\p{Script=Han}{3,4}$/u.test(name)) return name
  const given = letters.slice(letters.length === 4 || compound.test(name) ? 2 : 1).join('')
  return [...given].length > 1 ? given : name
}

/** Monday first. Today is a state of its own; its disc is filled once there was study. */
export function week(streak: Pick<Streak, 'days'>, today: string): StreakDay[] {
  const now = (new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7
  return [...'一二三四五六日'].map((label, index) => {
    const studied = streak.days[index] ?? false
    if (index === now) return { label, state: 'today', share: studied ? 1 : 0 }
    if (studied) return { label, state: 'done' }
    return { label, state: index < now ? 'missed' : 'ahead' }
  })
}

export const studiedDays = (streak: Pick<Streak, 'days'>) => streak.days.filter(Boolean).length

export function lessonsLeft(courses: Courses): number {
  return courses.nodes.reduce(
    (sum, { progress }) => sum + (progress ? progress.lessonsTotal - progress.lessonsDone : 0),
    0,
  )
}

/** One sentence: what is required comes first, then the week. */
export function nextStep(viewer: Viewer, courses: Courses): string {
  const parts: string[] = []
  const left = lessonsLeft(courses)
  if (courses.nodes.length > 0) parts.push(left > 0 ? t('lessonsLeft', left) : t('requiredDone'))
  if (viewer.streak?.frozen) parts.push(t('weekFrozen'))
  else if (viewer.streak) {
    const days = viewer.streak.goal - studiedDays(viewer.streak)
    parts.push(days > 0 ? t('daysLeft', days) : t('weekDone'))
  }
  return parts.length > 0 ? `${parts.join('，')}。` : `${t('noRequired')}。`
}

export function greeting(viewer: Viewer, courses: Courses): string {
  const name = givenName(viewer.name)
  if (viewer.continueLearning.length > 0) return t('greeting', name)
  return courses.nodes.length > 0 && lessonsLeft(courses) === 0 ? t('greetingDone', name) : t('hello', name)
}

export function isFinished(progress: { lessonsDone: number; lessonsTotal: number } | null | undefined) {
  return !!progress && progress.lessonsTotal > 0 && progress.lessonsDone === progress.lessonsTotal
}
