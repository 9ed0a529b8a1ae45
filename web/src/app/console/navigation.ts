// The side bar. Who may see an entry is written once, at its route (meta.roles).
import type { Component } from 'vue'
import Grants from '~icons/lucide/clipboard-check'
import Appeals from '~icons/lucide/inbox'
import Library from '~icons/lucide/film'
import Review from '~icons/lucide/file-check'
import Rules from '~icons/lucide/list-checks'
import Sealed from '~icons/lucide/lock-keyhole'
import Stored from '~icons/lucide/hard-drive'
import Adjust from '~icons/lucide/pencil-line'
import Flags from '~icons/lucide/scan-eye'
import Audit from '~icons/lucide/shield-check'
import Assets from '~icons/lucide/upload'
import Bars from '~icons/xf/bars'
import Book from '~icons/xf/book'
import Flame from '~icons/xf/flame'
import Overview from '~icons/xf/overview'
import Pentagon from '~icons/xf/pentagon'

type Name =
  | 'overview'
  | 'courses'
  | 'assets'
  | 'library'
  | 'reviews'
  | 'creditReport'
  | 'literacyReport'
  | 'appeals'
  | 'adjustments'
  | 'waitingGrants'
  | 'studyFlags'
  | 'rules'
  | 'play'
  | 'ledger'
  | 'objects'
  | 'audit'
export interface Group {
  title: 'work' | 'statistics' | 'records' | 'governance'
  entries: { name: Name; icon: Component }[]
}

export const groups: Group[] = [
  {
    title: 'work',
    entries: [
      { name: 'overview', icon: Overview },
      { name: 'courses', icon: Book },
      { name: 'assets', icon: Assets },
      { name: 'library', icon: Library },
      { name: 'reviews', icon: Review },
    ],
  },
  {
    title: 'statistics',
    entries: [
      { name: 'creditReport', icon: Bars },
      { name: 'literacyReport', icon: Pentagon },
    ],
  },
  {
    title: 'records',
    entries: [
      { name: 'appeals', icon: Appeals },
      { name: 'adjustments', icon: Adjust },
      { name: 'waitingGrants', icon: Grants },
      { name: 'studyFlags', icon: Flags },
    ],
  },
  {
    title: 'governance',
    entries: [
      { name: 'rules', icon: Rules },
      { name: 'play', icon: Flame },
      { name: 'ledger', icon: Sealed },
      { name: 'objects', icon: Stored },
      { name: 'audit', icon: Audit },
    ],
  },
]

/** Pages that stand below an entry of the side bar. */
export const parents: Record<string, Name> = {
  course: 'courses',
  courseHistory: 'courses',
  courseVersion: 'courses',
  review: 'reviews',
  rulePack: 'rules',
  addRulePack: 'rules',
}
