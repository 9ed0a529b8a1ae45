// What a reading's HTML needs once it stands on the page, with or without a study.
import { t } from './zh-CN'

/** Many texts begin with their own title; it is not said twice. True where this one does. */
export function leadWithTitle(text: HTMLElement | null, title: string): boolean {
  const first = text?.querySelector('[data-block]')
  const says = /^H\d$/.test(first?.tagName ?? '') && first?.textContent.trim() === title
  if (says) first?.classList.add('lead')
  return says
}

/** Whether the text is the pages of a PDF, each a picture with its text. */
export const hasPages = (html: string) => html.startsWith('<figure')

/** Wide tables scroll inside a frame of their own that the keyboard can reach. */
export function frameTables(text: HTMLElement | null) {
  text?.querySelectorAll('table').forEach((table) => {
    const frame = document.createElement('div')
    frame.className = 'wide'
    frame.tabIndex = 0
    frame.setAttribute('role', 'region')
    frame.setAttribute('aria-label', t('tableLabel'))
    table.replaceWith(frame)
    frame.append(table)
  })
}
