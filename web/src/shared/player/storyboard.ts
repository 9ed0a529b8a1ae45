// The pictures for the seek bar: a WebVTT file says which part of which sheet shows which moment.

export interface Tile {
  /** milliseconds of the medium, half open */
  start: number
  end: number
  url: string
  x: number
  y: number
  width: number
  height: number
}

const stamp = /^(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})$/
const place = /^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/

function millis(parts: string[]): number {
  const [hours = 0, minutes = 0, seconds = 0, rest = 0] = parts.map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
}

/** What cannot be read is left out. `base` is the address of the text itself. */
export function parse(text: string, base: string): Tile[] {
  const lines = text.split(/\r?\n/)
  const folder = base.slice(0, base.lastIndexOf('/') + 1)
  return lines.flatMap((line, n): Tile[] => {
    const time = stamp.exec(line)
    const where = place.exec(lines[n + 1] ?? '')
    if (!time || !where) return []
    const [x = 0, y = 0, width = 0, height = 0] = where.slice(2).map(Number)
    const [start, end] = [millis(time.slice(1, 5)), millis(time.slice(5, 9))]
    return [{ start, end, url: `${folder}${where[1]}`, x, y, width, height }]
  })
}

/** The tile of a moment; the last one stands for what comes after it. */
export function find(tiles: Tile[], at: number): Tile | null {
  return tiles.find((tile) => at < tile.end) ?? tiles.at(-1) ?? null
}

/** None where there is none, or no line. */
export async function load(url: string): Promise<Tile[]> {
  try {
    const answer = await fetch(url)
    return answer.ok ? parse(await answer.text(), url) : []
  } catch {
    return []
  }
}
