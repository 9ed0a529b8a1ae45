import type { Events, default as Hls } from 'hls.js'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { linesOf, nearest, useQuality } from './quality'

const level = (name: string, width = 0, height = 0) => ({
  url: [`/media/a/b/${name}/index.m3u8`],
  width,
  height,
})

it.each([
  [level('720p', 1280, 720), 720],
  [level('1080s', 1920, 1080), 1080],
  // Wide pictures have fewer lines than the rendition is called by; upright ones more.
  [level('360p', 640, 268), 360],
  [level('720p', 720, 1280), 720],
  [{ url: ['https://elsewhere/x.m3u8'], width: 640, height: 360 }, 360],
])('%o is called %d', (one, lines) => expect(linesOf(one)).toBe(lines))

it.each([
  [[360, 540, 720], 540, 1],
  [[360, 540, 720], 1080, 2],
  [[360, 540, 720], 480, 0],
  [[540, 720], 360, 0],
])('of %o what is nearest to %d is number %d', (all, asked, index) => expect(nearest(all, asked)).toBe(index))

const parsed = 'hlsManifestParsed' as Events.MANIFEST_PARSED

describe('the choice', () => {
  beforeEach(() => localStorage.clear())
  function player() {
    let tell = () => {}
    const levels = [level('360p'), level('540p'), level('720p')]
    const hls = { levels, loadLevel: 9, nextLevel: 9, on: (_: string, act: () => void) => (tell = act) }
    return { hls, parsed: () => tell() }
  }

  test('is what the line carries until somebody chooses, and is kept on the device', () => {
    const first = player()
    const quality = useQuality()
    quality.listen(first.hls as unknown as Hls, parsed)
    expect(quality.all.value).toEqual([])
    first.parsed()
    expect(quality.all.value).toEqual([720, 540, 360])
    expect(first.hls).toMatchObject({ loadLevel: 9, nextLevel: 9 })
    quality.choose(360)
    expect(first.hls.nextLevel).toBe(0)

    const second = player()
    const again = useQuality()
    expect(again.chosen.value).toBe(360)
    again.listen(second.hls as unknown as Hls, parsed)
    second.parsed()
    expect(second.hls.nextLevel).toBe(0)
    again.choose(0)
    expect(second.hls.loadLevel).toBe(-1)
    expect(useQuality().chosen.value).toBe(0)
  })

  test('is not offered for the sound alone, and comes back with the picture', () => {
    const first = player()
    const quality = useQuality()
    quality.choose(540)
    quality.listen(first.hls as unknown as Hls, parsed)
    first.parsed()
    quality.begin()
    expect(quality.all.value).toEqual([])
    const sound = { ...player().hls, levels: [{ url: ['/media/a/b/audio/index.m3u8'], width: 0, height: 0 }] }
    let tell = () => {}
    quality.listen({ ...sound, on: (_: string, act: () => void) => (tell = act) } as unknown as Hls, parsed)
    tell()
    expect(quality.all.value).toEqual([])
    const back = player()
    quality.begin()
    quality.listen(back.hls as unknown as Hls, parsed)
    back.parsed()
    expect(back.hls.nextLevel).toBe(1)
  })
})
