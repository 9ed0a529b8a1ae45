import { describe, expect, it } from 'vitest'
import { landscape, palettes } from './coverShape'
import { anchor, corner, difference } from './radarShape'

describe('a course cover', () => {
  it('is the same for the same course', () => expect(landscape('crs_1')).toEqual(landscape('crs_1')))
  it('differs between neighbours', () => expect(landscape('crs_1').far).not.toBe(landscape('crs_2').far))
  it('uses every palette, and about evenly', () => {
    const used = Array.from({ length: 1000 }, (_, n) => landscape(`crs_${n}`).palette)
    const share = Array.from({ length: palettes }, (_, p) => used.filter((one) => one === p + 1).length)
    expect(Math.min(...share)).toBeGreaterThan(150)
  })
})

describe('a radar', () => {
  it('starts at the top', () => {
    const top = corner(0, 5, 1, { x: 100, y: 100 }, 80)
    expect([Math.round(top.x), Math.round(top.y)]).toEqual([100, 20])
  })
  it('leans its words away from the drawing', () =>
    expect([anchor(100, 100), anchor(150, 100), anchor(40, 100)]).toEqual(['middle', 'start', 'end']))
  it.each([
    [4.2, 3.8, '+0.4'],
    [3, 3.04, '±0'],
    [3, 3.5, '−0.5'],
  ])('%f against %f is %s', (own, other, shown) => expect(difference(own, other)).toBe(shown))
})
