// How fast a file goes and how long it will take: over the last seconds, so that a burst neither promises nor frightens.
const WINDOW = 12_000
const LEAST = 1500

export class Pace {
  private seen: { at: number; sent: number }[] = []

  /** So many bytes are sent. Going back (a piece is sent again) begins anew. */
  note(sent: number, at: number) {
    const last = this.seen.at(-1)
    if (last && sent < last.sent) this.seen = []
    this.seen.push({ at, sent })
    // One from before the window stays, as its beginning.
    while (this.seen.length > 2 && at - (this.seen[1]?.at ?? at) >= WINDOW) this.seen.shift()
  }
  stop() {
    this.seen = []
  }
  /** Bytes a second; null while too little is known. */
  speed(): number | null {
    const [first, last] = [this.seen[0], this.seen.at(-1)]
    if (!first || !last || last.at - first.at < LEAST) return null
    return ((last.sent - first.sent) * 1000) / (last.at - first.at)
  }
}

/** Milliseconds for what is left; null where nothing moves. */
export function timeLeft(left: number, speed: number | null): number | null {
  return speed && speed > 0 ? (left / speed) * 1000 : null
}
