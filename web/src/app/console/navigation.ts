// The side bar. Who may see an entry is written once, at its route (meta.roles).
import type { Component } from 'vue'
import Audit from '~icons/lucide/shield-check'
import Assets from '~icons/lucide/upload'
import Bars from '~icons/xf/bars'
import Book from '~icons/xf/book'
import Overview from '~icons/xf/overview'
import Pentagon from '~icons/xf/pentagon'

type Name = 'overview' | 'courses' | 'assets' | 'creditReport' | 'literacyReport' | 'audit'
export interface Group {
  title: 'work' | 'statistics' | 'governance'
  entries: { name: Name; icon: Component }[]
}

export const groups: Group[] = [
  {
    title: 'work',
    entries: [
      { name: 'overview', icon: Overview },
      { name: 'courses', icon: Book },
      { name: 'assets', icon: Assets },
    ],
  },
  {
    title: 'statistics',
    entries: [
      { name: 'creditReport', icon: Bars },
      { name: 'literacyReport', icon: Pentagon },
    ],
  },
  { title: 'governance', entries: [{ name: 'audit', icon: Audit }] },
]
