// Times of a line as lecturers read and write them: 1:05.500, 1:02:03.000.
export function toTime(ms: number): string {
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ]
  const two = (n: number) => String(n).padStart(2, '0')
  const lead = hours > 0 ? `${hours}:${two(minutes)}` : String(minutes)
  return `${lead}:${two(seconds)}.${String(ms % 1000).padStart(3, '0')}`
}

/** Null for what is no time. */
export function fromTime(text: string): number | null {
  const found = /^(?:(\d{1,2})[:：])?(\d{1,3})[:：](\d{1,2})(?:[.,，。](\d{1,3}))?$/.exec(text.trim())
  if (!found) return null
  const [hours, minutes, seconds] = [Number(found[1] ?? 0), Number(found[2]), Number(found[3])]
  if (seconds > 59 || (found[1] !== undefined && minutes > 59)) return null
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + Number((found[4] ?? '').padEnd(3, '0'))
}

interface Cue {
  startMs: number
  endMs: number
  text: string
}
const stamp = (ms: number) => {
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, rest] = [Math.floor(ms / 3_600_000), ms % 3_600_000]
  return `${two(hours)}:${two(Math.floor(rest / 60_000))}:${two(Math.floor(rest / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`
}
export const toWebVtt = (cues: readonly Cue[]) =>
  `WEBVTT\n${cues
    .map(({ startMs, endMs, text }) => {
      const safe = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
      return `\n${stamp(startMs)} --> ${stamp(endMs)}\n${safe}\n`
    })
    .join('')}`
