// What is pressed in the course editor, and what the server is told: rename, move, delete, and questions.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { only, refusal, rest, serve } from '@/app/console/testing'
import ChapterHead from './ChapterHead.vue'
import LessonActs from './LessonActs.vue'
import LessonMove from './LessonMove.vue'
import LessonPending from './LessonPending.vue'
import LessonQuestions from './LessonQuestions.vue'
import type { Chapter, Pending, Question, Video } from './panel'

const toasts = { ok: vi.fn(), fail: vi.fn(), show: vi.fn() }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
enableAutoUnmount(afterEach)
afterEach(() => vi.clearAllMocks())

const lesson = (id: string, title: string): Video => ({
  __typename: 'VideoLesson',
  id,
  title,
  required: true,
  durationMs: 600_000,
  asset: null,
  questions: [],
  pending: [],
})
const chapter: Chapter = {
  __typename: 'Chapter',
  id: 'chp_1',
  title: '第一章 总纲',
  lessons: [lesson('lsn_1', '义务'), lesson('lsn_2', '权利'), lesson('lsn_3', '纪律')],
}
const show = <Props extends object>(component: object, props: Props) =>
  mount(component as never, { props: props as never, attachTo: document.body }) as VueWrapper
/** The button that says this and stands last: within the dialog that was opened by the one before. */
function press(on: VueWrapper, text: string) {
  const found = on
    .findAll('button')
    .filter((button) => button.text() === text || button.attributes('aria-label') === text)
  const last = found.at(-1)
  if (!last) throw new Error(`no button ${text}`)
  return last.trigger('click')
}

describe('a chapter', () => {
  it('is renamed', async () => {
    const asked = serve({
      RenameChapter: { renameChapter: { __typename: 'ChapterPayload', chapter: { id: 'chp_1' } } },
    })
    const head = show(ChapterHead, { chapter, editable: true })
    await press(head, '重命名')
    const field = head.get('input')
    expect(field.element.value).toBe('第一章 总纲')
    await field.setValue('第一章 总则')
    await head.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'RenameChapter')).toEqual([{ id: 'chp_1', title: '第一章 总则' }])
    expect(head.emitted('changed')).toHaveLength(1)
    expect(head.find('dialog form').exists()).toBe(false)
  })
  it('keeps the words and the dialog when the server refuses', async () => {
    serve({ RenameChapter: () => refusal('INVALID', '标题太长。', 'title') })
    const head = show(ChapterHead, { chapter, editable: true })
    await press(head, '重命名')
    await head.get('input').setValue('长'.repeat(300))
    await head.get('form').trigger('submit')
    await rest()
    expect(head.get('[role=alert]').text()).toBe('标题太长。')
    expect(head.get('input').element.value).toHaveLength(300)
    expect(head.emitted('changed')).toBeUndefined()
  })
  it('is deleted only after the question, which names how many lessons go', async () => {
    const asked = serve({ DeleteChapter: { deleteChapter: true } })
    const head = show(ChapterHead, { chapter, editable: true })
    await press(head, '删除本章')
    expect(head.get('dialog .body').text()).toContain('3 个课时')
    expect(only(asked, 'DeleteChapter')).toEqual([])
    await press(head, '删除本章')
    await rest()
    expect(only(asked, 'DeleteChapter')).toEqual([{ id: 'chp_1' }])
    expect(head.emitted('deleted')).toHaveLength(1)
  })
  it('has no acts once the course is published', () => {
    expect(show(ChapterHead, { chapter, editable: false }).findAll('button')).toHaveLength(0)
  })
})

describe('a lesson', () => {
  it('is moved down, and keeps the focus', async () => {
    const asked = serve({ MoveLesson: { moveLesson: true } })
    const move = show(LessonMove, { chapter, at: 1, describedby: 'title' })
    await press(move, '下移第 2 节')
    await rest()
    expect(only(asked, 'MoveLesson')).toEqual([{ id: 'lsn_2', chapterId: 'chp_1', position: 2 }])
    expect(move.emitted('changed')).toHaveLength(1)
    // Now it is the last: the button that was pressed is disabled, and the other one takes the focus.
    await move.setProps({ at: 2 } as never)
    await rest()
    expect(document.activeElement?.getAttribute('aria-label')).toBe('上移第 3 节')
  })
  it('cannot leave its chapter at either end', () => {
    const ends = [0, 2].map((at) => show(LessonMove, { chapter, at, describedby: 'title' }))
    const disabled = ends.map((end) => end.findAll('button').map((button) => button.element.disabled))
    expect(disabled).toEqual([
      [true, false],
      [false, true],
    ])
  })
  it('says why it was not moved', async () => {
    serve({ MoveLesson: () => refusal('CONFLICT', '课程已发布，不能移动。') })
    const move = show(LessonMove, { chapter, at: 1, describedby: 'title' })
    await press(move, '上移第 2 节')
    await rest()
    expect(toasts.fail).toHaveBeenCalledOnce()
    expect(move.emitted('changed')).toBeUndefined()
  })
  it('gets another title', async () => {
    const asked = serve({
      UpdateLesson: { updateLesson: { __typename: 'LessonPayload', lesson: { id: 'lsn_1' } } },
    })
    const acts = show(LessonActs, { lesson: chapter.lessons[0] })
    await press(acts, '修改课时')
    await acts.get('input:not([type=checkbox])').setValue('党员的义务')
    await acts.get('input[type=checkbox]').setValue(false)
    await acts.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'UpdateLesson')).toEqual([
      { id: 'lsn_1', input: { title: '党员的义务', required: false } },
    ])
    expect(acts.emitted('changed')).toHaveLength(1)
  })
  it('is deleted only after the question', async () => {
    const asked = serve({ DeleteLesson: { deleteLesson: true } })
    const acts = show(LessonActs, { lesson: chapter.lessons[0] })
    await press(acts, '删除课时')
    expect(only(asked, 'DeleteLesson')).toEqual([])
    await press(acts, '删除课时')
    await rest()
    expect(only(asked, 'DeleteLesson')).toEqual([{ id: 'lsn_1' }])
    expect(acts.emitted('deleted')).toHaveLength(1)
  })
})

describe('questions', () => {
  const question: Question = {
    __typename: 'Question',
    id: 'qst_1',
    start: 65_000,
    end: 185_000,
    prompt: '讲者分成几项来讲？',
    options: ['六项', '七项', '八项'],
    right: 2,
  }
  const done = { __typename: 'LessonPayload', lesson: { __typename: 'VideoLesson', id: 'lsn_1' } }
  const panel = (questions: Question[]) =>
    show(LessonQuestions, { lesson: lesson('lsn_1', '义务'), questions })

  it('are added with their stretch, options and the right answer', async () => {
    const asked = serve({ AddQuestion: { addQuestion: done } })
    const card = panel([])
    await press(card, '添加题目')
    const [from, to, first, second] = card.findAll('input:not([type=radio])')
    await from?.setValue('2:00')
    await to?.setValue('3:30')
    await card.get('textarea').setValue('这一段讲了哪一项？')
    await first?.setValue('第一项')
    await second?.setValue('第二项')
    await card.findAll('input[type=radio]')[1]?.setValue(true)
    await card.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'AddQuestion')).toEqual([
      {
        lessonId: 'lsn_1',
        input: {
          start: 120_000,
          end: 210_000,
          prompt: '这一段讲了哪一项？',
          options: ['第一项', '第二项'],
          right: 1,
        },
      },
    ])
    expect(card.emitted('changed')).toHaveLength(1)
    expect(card.find('form').exists()).toBe(false)
  })
  it('are not sent while something is missing, and each fault stands at its field', async () => {
    const asked = serve({})
    const card = panel([])
    await press(card, '添加题目')
    await card.get('form').trigger('submit')
    await rest()
    expect(asked).toEqual([])
    expect(card.findAll('[role=alert]').length).toBe(5)
  })
  it('show a refusal of the server at the stretch', async () => {
    serve({ UpdateQuestion: () => refusal('INVALID', '与另一题的片段重叠。', 'input.start') })
    const card = panel([question])
    await press(card, '修改1:05 – 3:05 的题目')
    await card.get('form').trigger('submit')
    await rest()
    expect(card.get('[role=alert]').text()).toBe('与另一题的片段重叠。')
  })
  it('keep the right answer right when an option before it goes', async () => {
    const asked = serve({ UpdateQuestion: { updateQuestion: done } })
    const card = panel([question])
    await press(card, '修改1:05 – 3:05 的题目')
    await press(card, '删除选项 1')
    await card.get('form').trigger('submit')
    await rest()
    expect(only(asked, 'UpdateQuestion')[0]).toMatchObject({
      id: 'qst_1',
      input: { options: ['七项', '八项'], right: 1 },
    })
  })
  it('are removed only after being asked', async () => {
    const asked = serve({ RemoveQuestion: { removeQuestion: done } })
    const card = panel([question])
    await press(card, '删除1:05 – 3:05 的题目')
    expect(card.get('dialog .body').text()).toContain(question.prompt)
    await press(card, '删除')
    await rest()
    expect(only(asked, 'RemoveQuestion')).toEqual([{ id: 'qst_1' }])
  })
})

it('what waited for a student is counted by a press', async () => {
  const asked = serve({
    ReleasePending: { releasePending: { __typename: 'LessonPayload', lesson: { id: 'lsn_1' } } },
  })
  const student = {
    __typename: 'Student' as const,
    id: 'per_7',
    number: '2024010137',
    name: '郑一鸣',
    unit: { __typename: 'Unit' as const, id: 'unt_1', name: '本科生第一支部' },
  }
  const pending: Pending[] = [
    {
      __typename: 'PendingStretch',
      since: '2026-11-20T12:00:00.000Z',
      student,
      spans: [{ __typename: 'Span', start: 60_000, end: 90_000 }],
    },
  ]
  const card = show(LessonPending, { lesson: lesson('lsn_1', '义务'), pending })
  expect(card.text()).toContain('1:00 – 1:30')
  await press(card, '计入郑一鸣的学习')
  await rest()
  expect(only(asked, 'ReleasePending')).toEqual([{ lessonId: 'lsn_1', studentId: 'per_7' }])
  expect(card.emitted('changed')).toHaveLength(1)
})
