// What is pressed at a lesson's captions, and what the server is told.
import { enableAutoUnmount, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { only, refusal, rest, serve } from '@/app/console/testing'
import CaptionsPanel from './CaptionsPanel.vue'
import CueList from './CueList.vue'
import { fromTime, toTime, toWebVtt } from './cueTimes'

const toasts = { ok: vi.fn(), fail: vi.fn(), show: vi.fn() }
vi.mock('@/app/toasts', () => ({ useToasts: () => toasts }))
enableAutoUnmount(afterEach)
afterEach(() => vi.clearAllMocks())

const cues = [
  { __typename: 'Cue', startMs: 1000, endMs: 2000, text: '大家好' },
  { __typename: 'Cue', startMs: 3000, endMs: 4500, text: '今天讲总纲' },
]
const track = {
  __typename: 'CaptionsTrack',
  id: 'cap_1',
  language: 'zh-CN',
  label: '中文',
  version: 'v1',
  cues,
}
const desk = (more: object) => ({
  LessonCaptions: {
    lessonCaptions: { __typename: 'LessonCaptions', recognises: false, tracks: [], drafts: [], ...more },
  },
})
const show = <Props extends object>(component: object, props: Props) =>
  mount(component as never, { props: props as never, attachTo: document.body }) as VueWrapper
function press(on: VueWrapper, text: string) {
  const found = on
    .findAll('button')
    .filter((button) => button.text() === text || button.attributes('aria-label') === text)
  const last = found.at(-1)
  if (!last) throw new Error(`no button ${text}`)
  return last.trigger('click')
}

describe('the times of a line', () => {
  it('are read as people write them', () =>
    expect(['1:05.500', '0:01', '1：02：03.4', '00:01.05', '5', '1:61', '1:70:00'].map(fromTime)).toEqual([
      65_500,
      1000,
      3_723_400,
      1050,
      null,
      null,
      null,
    ]))
  it('come back as they were', () =>
    expect([0, 65_500, 3_723_004].map((ms) => fromTime(toTime(ms)))).toEqual([0, 65_500, 3_723_004]))
  it('are written as WebVTT', () =>
    expect(toWebVtt([{ startMs: 3_723_004, endMs: 3_724_000, text: '1 < 2' }])).toBe(
      'WEBVTT\n\n01:02:03.004 --> 01:02:04.000\n1 &lt; 2\n',
    ))
})

describe('captions line by line', () => {
  it('tell the server the one line and the version that was seen', async () => {
    const after = {
      ...track,
      version: 'v2',
      cues: [cues[0], { ...cues[1], startMs: 3500, text: '今天讲党章总纲' }],
    }
    const asked = serve({ EditCue: { editCue: { __typename: 'CaptionsPayload', track: after } } })
    const list = show(CueList, { track })
    await press(list, '修改第 2 句：今天讲总纲')
    await list.get('textarea').setValue('今天讲党章总纲')
    await list.findAll('input').at(-2)?.setValue('0:03.500')
    await list.get('form').trigger('submit')
    await rest()
    const input = {
      captionsId: 'cap_1',
      version: 'v1',
      index: 1,
      startMs: 3500,
      endMs: 4500,
      text: '今天讲党章总纲',
    }
    expect(only(asked, 'EditCue')).toEqual([{ input }])
    expect(list.text()).toContain('今天讲党章总纲')
    expect(list.emitted('changed')).toHaveLength(1)
  })
  it('keep what was typed when somebody else was faster', async () => {
    serve({ EditCue: refusal('CONFLICT', '字幕刚刚被修改过，请重新打开后再改。') })
    const list = show(CueList, { track })
    await press(list, '修改第 1 句：大家好')
    await list.get('textarea').setValue('同学们好')
    await list.get('form').trigger('submit')
    await rest()
    expect(list.text()).toContain('字幕刚刚被修改过')
    expect(list.get('textarea').element.value).toBe('同学们好')
  })
  it('refuse a time that is none before anything is sent', async () => {
    const asked = serve({})
    const list = show(CueList, { track })
    await press(list, '修改第 1 句：大家好')
    await list.findAll('input').at(-1)?.setValue('很久')
    await list.get('form').trigger('submit')
    await rest()
    expect(asked).toEqual([])
    expect(list.text()).toContain('时间写作')
  })
  it('can lose a line', async () => {
    const asked = serve({
      EditCue: { editCue: { __typename: 'CaptionsPayload', track: { ...track, cues: [cues[1]] } } },
    })
    const list = show(CueList, { track })
    await press(list, '修改第 1 句：大家好')
    await press(list, '删除这一句')
    await rest()
    expect(only(asked, 'EditCue')).toEqual([{ input: { captionsId: 'cap_1', version: 'v1', index: 0 } }])
  })
})

describe('the captions of a lesson', () => {
  it('are removed by language, once more asked', async () => {
    const asked = serve({ ...desk({ tracks: [track] }), RemoveCaptions: { removeCaptions: true } })
    const panel = show(CaptionsPanel, { lessonId: 'les_1', title: '讲' })
    await rest()
    await press(panel, '删除：中文')
    await press(panel, '删除')
    await rest()
    expect(only(asked, 'RemoveCaptions')).toEqual([{ lessonId: 'les_1', language: 'zh-CN' }])
  })
  it('say what a program heard, and why it failed', async () => {
    const heard = {
      __typename: 'CaptionsDraft',
      id: 'cap_2',
      language: 'zh-CN',
      progress: 1,
      failure: null,
      status: 'READY',
      track,
    }
    const failed = {
      ...heard,
      id: 'cap_3',
      language: 'en',
      status: 'FAILED',
      failure: '语音识别失败：没有模型文件',
      track: null,
    }
    const asked = serve({
      ...desk({ recognises: true, drafts: [heard, failed] }),
      ConfirmCaptions: {
        confirmCaptions: { __typename: 'LessonPayload', lesson: { __typename: 'VideoLesson', id: 'les_1' } },
      },
    })
    const panel = show(CaptionsPanel, { lessonId: 'les_1', title: '讲' })
    await rest()
    expect(panel.text()).toContain('语音识别失败：没有模型文件')
    await press(panel, '确认使用')
    await rest()
    expect(only(asked, 'ConfirmCaptions')).toEqual([{ draftId: 'cap_2', label: '中文（简体）' }])
  })
  it('offer no recognition where the school has no program', async () => {
    serve(desk({}))
    const panel = show(CaptionsPanel, { lessonId: 'les_1', title: '讲' })
    await rest()
    expect(panel.text()).not.toContain('自动识别')
    expect(panel.text()).toContain('还没有字幕')
  })
})
