import { expect, test } from 'vitest'
import { find, parse } from './storyboard'

const text = `WEBVTT

00:00:00.000 --> 00:00:10.000
storyboard-001.jpg#xywh=0,0,160,90

00:59:50.000 --> 01:00:00.500
storyboard-004.jpg#xywh=160,90,160,90
`

test('a storyboard says where the picture of a moment is', () => {
  const tiles = parse(text, '/media/std_1/2/s/storyboard.vtt')
  expect(tiles).toEqual([
    { start: 0, end: 10_000, url: '/media/std_1/2/s/storyboard-001.jpg', x: 0, y: 0, width: 160, height: 90 },
    {
      start: 3_590_000,
      end: 3_600_500,
      url: '/media/std_1/2/s/storyboard-004.jpg',
      x: 160,
      y: 90,
      width: 160,
      height: 90,
    },
  ])
  expect(find(tiles, 9_999)).toBe(tiles[0])
  expect(find(tiles, 10_000)).toBe(tiles[1])
  expect(find(tiles, 9_999_999)).toBe(tiles[1])
})

test('what is no storyboard shows nothing', () => {
  for (const wrong of ['', 'WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nwords\n', '<html>']) {
    expect(find(parse(wrong, '/a/b.vtt'), 0)).toBeNull()
  }
})
