// How sharp the picture is: by itself, or as the person said on this device. Where a browser plays HLS on its own nobody can tell it.
import type Hls from 'hls.js'
import type { Events, Level } from 'hls.js'
import { ref, type Ref } from 'vue'

/** 0 for whatever the line carries, else the lines of the picture */
export type Quality = number

export interface Qualities {
  /** what there is, the sharpest first; fewer than two are no choice */
  all: Ref<Quality[]>
  chosen: Ref<Quality>
  choose: (quality: Quality) => void
  /** a new playlist is about to begin */
  begin: () => void
  listen: (hls: Hls, parsed: Events.MANIFEST_PARSED) => void
}

const key = 'xianfeng:quality'
const kept = () => {
  try {
    return Number(localStorage.getItem(key)) || 0
  } catch {
    return 0
  }
}
function keep(quality: Quality) {
  try {
    localStorage.setItem(key, String(quality))
  } catch {
    // A private window keeps nothing; the choice then lasts as long as the page.
  }
}

/** Renditions are called by the lines that they are made for: `720p`, and `720s` as it was sent. */
export const linesOf = ({ url, width, height }: Pick<Level, 'url' | 'width' | 'height'>): Quality => {
  const name = /(\d+)[ps]\/[^/]*$/.exec(url[0] ?? '')?.[1]
  return name ? Number(name) : Math.min(width, height)
}

/** What is nearest to what was asked, rather less than more: who chose little had a reason. */
export function nearest(all: readonly Quality[], asked: Quality): number {
  const below = all.filter((one) => one <= asked)
  const best = below.length > 0 ? Math.max(...below) : Math.min(...all)
  return all.indexOf(best)
}

export function useQuality(): Qualities {
  const all = ref<Quality[]>([])
  const chosen = ref(kept())
  let apply = () => {}

  function begin() {
    all.value = []
    apply = () => {}
  }
  function listen(hls: Hls, parsed: Events.MANIFEST_PARSED) {
    hls.on(parsed, () => {
      const lines = hls.levels.map(linesOf)
      all.value = [...new Set(lines)].filter((one) => one > 0).sort((a, b) => b - a)
      apply = () => {
        // By itself it goes on from what it has; a choice shows with the next piece, not after all that is loaded.
        if (chosen.value === 0) hls.loadLevel = -1
        else hls.nextLevel = nearest(lines, chosen.value)
      }
      if (chosen.value !== 0 && all.value.length > 1) apply()
    })
  }
  function choose(quality: Quality) {
    chosen.value = quality
    keep(quality)
    apply()
  }
  return { all, chosen, choose, begin, listen }
}
