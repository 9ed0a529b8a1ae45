// Geometry of the radar, apart from its drawing so that it can be tested.
export interface Point {
  x: number
  y: number
}

/** The corner of axis `index` of `axes`, at `share` (0 to 1) of the radius, the first axis pointing up. */
export function corner(index: number, axes: number, share: number, centre: Point, radius: number): Point {
  const angle = (index / axes) * 2 * Math.PI - Math.PI / 2
  return { x: centre.x + Math.cos(angle) * radius * share, y: centre.y + Math.sin(angle) * radius * share }
}

export const outline = (points: Point[]) =>
  points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')

/** Which way the words of an axis lean, so that they never run into the drawing. */
export function anchor(x: number, middle: number): 'start' | 'middle' | 'end' {
  if (Math.abs(x - middle) < 4) return 'middle'
  return x > middle ? 'start' : 'end'
}

/** 0.4 → "+0.4", with a true minus; one decimal is what the school prints. */
export function difference(value: number, reference: number): string {
  const rounded = Math.round((value - reference) * 10) / 10
  if (rounded === 0) return '±0'
  return rounded > 0 ? `+${rounded}` : `−${-rounded}`
}
