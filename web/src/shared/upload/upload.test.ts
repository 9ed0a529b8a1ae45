import { DetailedError } from 'tus-js-client'
import { describe, expect, it } from 'vitest'
import { toVtt } from './captions'
import { isSame, reopen, traceOf } from './fingerprint'
import { Pace, timeLeft } from './pace'
import { passes, refusal } from './transfer'

describe('captions', () => {
  it('turn the commas of SRT into points and add the head', () =>
    expect(toVtt('\uFEFF1\r\n00:00:01,500 --> 00:00:03,000\r\n你好，同学\r\n')).toBe(
      'WEBVTT\n\n1\n00:00:01.500 --> 00:00:03.000\n你好，同学\n',
    ))
  it('leave WebVTT alone', () =>
    expect(toVtt('WEBVTT\n\n00:01.000 --> 00:02.000\n好\n')).toContain('00:01.000'))
})

describe('a file picked again', () => {
  const file = (name: string, lastModified: number) => new File(['abc'], name, { lastModified })
  it('is known by name, size and date', () =>
    expect(isSame(traceOf(file('一.mp4', 5)), traceOf(file('一.mp4', 5)))).toBe(true))
  it('is another one when it was changed', () =>
    expect(isSame(traceOf(file('一.mp4', 5)), traceOf(file('一.mp4', 6)))).toBe(false))
})

describe('a file that the browser kept', () => {
  const file = new File(['abc'], '一.mp4', { lastModified: 5 })
  const handle = (state: PermissionState, found: File = file) =>
    ({
      queryPermission: async () => state,
      requestPermission: async () => 'granted',
      getFile: async () => found,
    }) as unknown as FileSystemFileHandle
  it('is opened where that is still allowed', async () =>
    expect(await reopen(handle('granted'), traceOf(file), false)).toBe(file))
  it('waits for a click where it must be asked for', async () => {
    expect(await reopen(handle('prompt'), traceOf(file), false)).toBeNull()
    expect(await reopen(handle('prompt'), traceOf(file), true)).toBe(file)
  })
  it('is not taken when it was changed since', async () => {
    const other = new File(['abcd'], '一.mp4', { lastModified: 6 })
    expect(await reopen(handle('granted', other), traceOf(file), false)).toBeNull()
  })
  it('is not taken when it is gone', async () => {
    const gone = { getFile: async () => Promise.reject(new DOMException('gone')) } as unknown
    expect(await reopen(gone as FileSystemFileHandle, traceOf(file), true)).toBeNull()
  })
})

describe('the pace of an upload', () => {
  it('is not told before it is known', () => {
    const pace = new Pace()
    pace.note(0, 0)
    pace.note(500, 1000)
    expect(pace.speed()).toBeNull()
  })
  it('is that of the last seconds', () => {
    const pace = new Pace()
    for (let second = 0; second <= 30; second++)
      pace.note(second < 15 ? 0 : (second - 14) * 1000, second * 1000)
    expect(pace.speed()).toBeCloseTo(1000, -1)
    expect(timeLeft(60_000, pace.speed())).toBeCloseTo(60_000, -3)
  })
  it('begins anew when a piece is sent again', () => {
    const pace = new Pace()
    pace.note(0, 0)
    pace.note(8000, 4000)
    pace.note(2000, 5000)
    expect(pace.speed()).toBeNull()
    expect(timeLeft(100, pace.speed())).toBeNull()
  })
})

describe('a refused upload', () => {
  const answered = (body: string, status = 413) =>
    Object.assign(new DetailedError('no'), {
      originalResponse: {
        getStatus: () => status,
        getHeader: () => undefined,
        getBody: () => body,
        getUnderlyingObject: () => null,
      },
    })
  it('says the sentence of the server', () => expect(refusal(answered('文件太大。'))).toBe('文件太大。'))
  it('finds it in JSON too', () =>
    expect(refusal(answered('{"errors":[{"message":"存储空间已满。"}]}'))).toBe('存储空间已满。'))
  it('keeps a page of a proxy to itself', () => expect(refusal(answered('<html>502</html>'))).toBe(''))
  it('is tried again by itself where that may help', () => {
    for (const status of [423, 429, 500, 503, 507])
      expect(passes(answered('', status)), `${status}`).toBe(true)
    for (const status of [400, 401, 404, 413]) expect(passes(answered('', status)), `${status}`).toBe(false)
    expect(passes(new Error('offline'))).toBe(true)
  })
  it('is null when there was no answer at all', () => expect(refusal(new Error('offline'))).toBeNull())
})
