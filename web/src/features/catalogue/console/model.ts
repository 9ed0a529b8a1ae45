// The pure parts of the course editor: what a form changes, and where a question stands in its lesson.
import { clock, count } from '@/shared/format'
import type { QuestionInput, UpdateCourseInput } from '@/shared/gql/console/catalogue/graphql'
import type { Plain } from '@/shared/plain'
import type { Course, Question } from './panel'
import { t } from './zh-CN'

type CourseFacts = Pick<
  Plain<Course>,
  'title' | 'summary' | 'required' | 'hours' | 'credits' | 'charactersPerMinute' | 'source' | 'edition'
>
export const courseForm = (course: CourseFacts) => ({
  title: course.title,
  summary: course.summary,
  required: course.required,
  hours: course.hours,
  credits: course.credits ?? '',
  charactersPerMinute: String(course.charactersPerMinute),
  source: course.source,
  edition: course.edition,
})
export type CourseForm = ReturnType<typeof courseForm>

/** What is left out stays as it is on the server. */
export function courseChanges(course: CourseFacts, form: CourseForm): UpdateCourseInput {
  const before = courseForm(course)
  const changed = Object.entries(form).filter(([key, value]) => value !== before[key as keyof CourseForm])
  const input: Record<string, unknown> = Object.fromEntries(changed)
  if (input.hours === '') input.hours = '0'
  if (input.credits === '') input.credits = '0'
  if ('charactersPerMinute' in input) input.charactersPerMinute = Number(form.charactersPerMinute)
  return input
}
export function paceFault(text: string): boolean {
  return !/^\d{3,4}$/.test(text.trim()) || Number(text) < 100 || Number(text) > 2000
}

/** "1:05" → 65 000, "1:02:03" → 3 723 000, "65" → 65 000; null for anything else. */
export function fromClock(text: string): number | null {
  const found = /^(?:(\d{1,2})[:：])?(\d{1,3})[:：](\d{1,2})$/.exec(text.trim())
  const [hours, minutes, seconds] = found
    ? [Number(found[1] ?? 0), Number(found[2]), Number(found[3])]
    : [0, 0, /^\d{1,5}$/.test(text.trim()) ? Number(text) : Number.NaN]
  if (Number.isNaN(seconds) || (found && seconds > 59)) return null
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}

type Stretch = Pick<Question, 'start' | 'end'>
/** Where a stretch is, as people say it; blocks of a reading are counted from one and named to the last. */
export function placeOf({ start, end }: Stretch, isVideo: boolean): string {
  if (isVideo) return `${clock(start)} – ${clock(end)}`
  return t('blocks', count(start + 1), count(end))
}

export interface QuestionForm {
  from: string
  to: string
  prompt: string
  options: string[]
  right: number | null
}
export function questionForm(question: Plain<Question> | null, isVideo: boolean): QuestionForm {
  if (!question) return { from: '', to: '', prompt: '', options: ['', ''], right: null }
  const { start, end, prompt, options, right } = question
  const [from, to] = isVideo ? [clock(start), clock(end)] : [String(start + 1), String(end)]
  return { from, to, prompt, options: [...options], right }
}

const block = (text: string) => (/^[1-9]\d{0,4}$/.test(text.trim()) ? Number(text) : null)
export type Faults = Partial<Record<'from' | 'to' | 'prompt' | 'options' | 'right', string>>

/** The form as the server takes it, or what is wrong with it, by its fields. `length` is that of the video, if known. */
export function readQuestion(
  form: QuestionForm,
  isVideo: boolean,
  length: number | null,
): { input: QuestionInput } | { faults: Faults } {
  const first = isVideo ? fromClock(form.from) : block(form.from)
  const end = isVideo ? fromClock(form.to) : block(form.to)
  const start = first === null || isVideo ? first : first - 1
  const prompt = form.prompt.trim()
  const options = form.options.map((option) => option.trim())
  const faults: Faults = {}
  const unread = t(isVideo ? 'mustTime' : 'mustBlock')
  if (start === null) faults.from = unread
  if (end === null) faults.to = unread
  else if (start !== null && end <= start) faults.to = t('backwards')
  else if (length !== null && end > length) faults.to = t('beyond', clock(length))
  if ([...prompt].length < 5 || [...prompt].length > 200) faults.prompt = t('mustPrompt')
  if (options.includes('') || new Set(options).size < options.length) faults.options = t('mustOptions')
  if (form.right === null) faults.right = t('mustRight')
  if (start === null || end === null || form.right === null || Object.keys(faults).length > 0)
    return { faults }
  return { input: { start, end, prompt, options, right: form.right } }
}

/** The stages a course may be for, in their order. */
export const stages = ['APPLICANT', 'ACTIVIST', 'CANDIDATE', 'PROBATIONARY', 'MEMBER'] as const

/** What was typed as tags: parted by commas of either kind, each once. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(/[、，,；;]/)
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]
