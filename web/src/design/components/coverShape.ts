// A layered landscape from a seed: the same course always gets the same hills, and no two look quite alike.
export const palettes = 5

export interface Landscape {
  palette: number
  sun: { x: number; y: number; r: number }
  far: string
  near: string
  front: string
}

/** FNV-1a, then mulberry32: small, even, and the same on every browser. */
function random(seed: string): () => number {
  let state = 0x811c9dc5
  for (const letter of seed) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const size = { width: 160, height: 110 }

export function landscape(seed: string): Landscape {
  const chance = random(seed)
  const between = (low: number, high: number) => low + chance() * (high - low)
  return {
    palette: 1 + Math.floor(chance() * palettes),
    sun: { x: round(between(100, 138)), y: round(between(22, 34)), r: round(between(11, 15)) },
    far: ridge(
      5,
      () => between(34, 54),
      () => between(60, 76),
    ),
    near: ridge(
      4,
      () => between(56, 68),
      () => between(82, 94),
    ),
    front: meadow(between(94, 102), between(86, 94), between(100, 108), between(94, 100)),
  }
}

/** Peaks and saddles in turn, from the left edge to the right. */
function ridge(peaks: number, peak: () => number, saddle: () => number): string {
  const step = size.width / (peaks * 2 - 2)
  const points = Array.from({ length: peaks * 2 - 1 }, (_, index) => {
    const y = index % 2 === 0 ? saddle() : peak()
    return `${round(index * step)} ${round(y)}`
  })
  return `M${points.join('L')}V${size.height}H0z`
}

function meadow(left: number, rise: number, dip: number, right: number): string {
  return `M0 ${round(left)}C42 ${round(rise)} 84 ${round(dip)} ${size.width} ${round(right)}V${size.height}H0z`
}

const round = (value: number) => Math.round(value * 10) / 10
