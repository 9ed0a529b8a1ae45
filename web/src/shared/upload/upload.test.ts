import { DetailedError } from 'tus-js-client'
import { describe, expect, it } from 'vitest'
import { toVtt } from './captions'
import { isSame, traceOf } from './fingerprint'
import { refusal } from './transfer'

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

describe('a refused upload', () => {
  const answered = (body: string) =>
    Object.assign(new DetailedError('no'), {
      originalResponse: {
        getStatus: () => 413,
        getHeader: () => undefined,
        getBody: () => body,
        getUnderlyingObject: () => null,
      },
    })
  it('says the sentence of the server', () => expect(refusal(answered('文件太大。'))).toBe('文件太大。'))
  it('finds it in JSON too', () =>
    expect(refusal(answered('{"errors":[{"message":"存储空间已满。"}]}'))).toBe('存储空间已满。'))
  it('keeps a page of a proxy to itself', () => expect(refusal(answered('<html>502</html>'))).toBe(''))
  it('is null when there was no answer at all', () => expect(refusal(new Error('offline'))).toBeNull())
})
