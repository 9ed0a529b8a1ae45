// Captions as lines with times: what the transcript shows. Reads the WebVTT that our server writes.
export interface Line {
  start: number
  end: number
  text: string
}

const stamp = /^(?:(\d{2,}):)?(\d{2}):(\d{2})\.(\d{3})$/
function time(text: string): number {
  const [, hours, minutes, seconds, ms] = stamp.exec(text) ?? []
  return ((Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms)
}
const plain = (text: string) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&')

export function readCues(vtt: string): Line[] {
  const blocks = vtt.replace(/\r\n?/g, '\n').split(/\n{2,}/)
  return blocks.flatMap((block) => {
    const lines = block.split('\n').filter(Boolean)
    const at = lines.findIndex((line) => line.includes('-->'))
    const [start = NaN, end = NaN] = (lines[at] ?? '')
      .split(/ *--> */)
      .map((part) => time(part.split(' ')[0] ?? ''))
    const text = plain(lines.slice(at + 1).join('\n'))
    return at < 0 || Number.isNaN(start) || Number.isNaN(end) || !text ? [] : [{ start, end, text }]
  })
}

/** The line that is spoken now, or was spoken last; -1 before the first. */
export function lineAt(lines: Line[], now: number): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.start ?? Infinity) <= now) low = middle + 1
    else high = middle
  }
  return low - 1
}
