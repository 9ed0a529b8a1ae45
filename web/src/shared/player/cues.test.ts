import { describe, expect, it } from 'vitest'
import { lineAt, readCues } from './cues'

const vtt =
  'WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n第一句\n\n00:00:02.500 --> 00:01:00.000 line:0\n1 &lt; 2 &amp; 3\n第二行\n\n01:00:00.000 --> 01:00:01.000\n末句\n'

describe('a transcript', () => {
  const lines = readCues(vtt)
  it('has every line with its times and its own words', () =>
    expect(lines).toEqual([
      { start: 1000, end: 2500, text: '第一句' },
      { start: 2500, end: 60_000, text: '1 < 2 & 3\n第二行' },
      { start: 3_600_000, end: 3_601_000, text: '末句' },
    ]))
  it('knows the line that is spoken, or was spoken last', () =>
    expect([0, 1000, 2499, 2500, 70_000, 3_600_500].map((now) => lineAt(lines, now))).toEqual([
      -1, 0, 0, 1, 1, 2,
    ]))
  it('is empty where there is nothing to read', () => expect(readCues('WEBVTT\n')).toEqual([]))
})
