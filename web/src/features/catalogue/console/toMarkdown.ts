// From the HTML that our server has cleaned to the Markdown that it reads: pasted text, and documents that are edited further.
const blocks = /^(P|H[1-6]|UL|OL|BLOCKQUOTE|PRE|TABLE|HR|FIGURE|DIV)$/

export function toMarkdown(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html')
  return flow(body).join('\n\n')
}

/** Blocks beside each other, each with its own lines. */
function flow(parent: Element): string[] {
  const out: string[] = []
  let loose = ''
  const flush = () => {
    if (loose.trim()) out.push(guard(loose.trim()))
    loose = ''
  }
  for (const node of parent.childNodes) {
    if (node instanceof Element && blocks.test(node.tagName)) {
      flush()
      out.push(...block(node))
    } else loose += inline(node)
  }
  flush()
  return out
}

function block(element: Element): string[] {
  const level = /^H([1-6])$/.exec(element.tagName)?.[1]
  if (level) return [`${'#'.repeat(Number(level))} ${words(element)}`]
  switch (element.tagName) {
    case 'UL':
    case 'OL':
      return [list(element)]
    case 'BLOCKQUOTE':
      return [flow(element).join('\n\n').replace(/^/gm, '> ').replace(/^> $/gm, '>')]
    case 'PRE':
      return [`\`\`\`\n${(element.textContent ?? '').replace(/\n$/, '')}\n\`\`\``]
    case 'TABLE':
      return [table(element)]
    case 'HR':
      return ['---']
    case 'P': {
      const text = words(element)
      return text ? [guard(text)] : []
    }
    default:
      return flow(element)
  }
}

function list(element: Element): string {
  const first = Number(element.getAttribute('start') ?? 1)
  return [...element.children]
    .map((item, at) => {
      const mark = element.tagName === 'OL' ? `${first + at}. ` : '- '
      return (
        mark +
        flow(item)
          .join('\n\n')
          .replace(/\n(?=.)/g, `\n${' '.repeat(mark.length)}`)
      )
    })
    .join('\n')
}

function table(element: Element): string {
  const rows = [...element.querySelectorAll('tr')].map((row) =>
    [...row.children].map((cell) => flow(cell).join('<br>').replace(/\n/g, ' ').replace(/\|/g, '\\|')),
  )
  const width = Math.max(...rows.map((row) => row.length))
  const line = (cells: string[]) =>
    `| ${Array.from({ length: width }, (_, at) => cells[at] ?? '').join(' | ')} |`
  const [head = [], ...rest] = rows
  return [line(head), line(Array<string>(width).fill('---')), ...rest.map(line)].join('\n')
}

const words = (element: Element) => [...element.childNodes].map(inline).join('').trim()
const marks: Record<string, string> = { STRONG: '**', B: '**', EM: '*', I: '*' }

function inline(node: Node): string {
  if (!(node instanceof Element)) return escape(node.textContent ?? '')
  const inner = [...node.childNodes].map(inline).join('')
  const tag = node.tagName.toLowerCase()
  if (tag === 'br') return '<br>'
  if (tag === 'img')
    return `![${escape(node.getAttribute('alt') ?? '')}](${picture(node.getAttribute('src') ?? '')})`
  if (!inner.trim()) return inner
  if (tag === 'a') return `[${inner}](<${node.getAttribute('href') ?? ''}>)`
  if (tag === 'code') return `\`${node.textContent ?? ''}\``
  const mark = marks[node.tagName]
  // Beside punctuation, as Chinese has it without blanks, CommonMark takes the stars for stars.
  if (mark)
    return /^[\p{L}\p{N}].*[\p{L}\p{N}]$|^[\p{L}\p{N}]$/su.test(inner)
      ? mark + inner + mark
      : `<${tag}>${inner}</${tag}>`
  return ['u', 'sub', 'sup', 'small'].includes(tag) ? `<${tag}>${inner}</${tag}>` : inner
}

/** `/pictures/ID/SIGNATURE/page-0001-small.jpg` is the picture `asset:ID/page-0001`. */
export function picture(address: string): string {
  const [, id, file] = /^\/pictures\/([^/]+)\/[^/]+\/([^/]+)$/.exec(address) ?? []
  if (!id || !file) return address
  const name = file.replace(/\.[^.]+$/, '').replace(/-small$/, '')
  return name === 'large' ? `asset:${id}` : `asset:${id}/${name}`
}

const escape = (text: string) =>
  text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]]/g, '\\$&')
    .replace(/</g, '&lt;')
/** What would begin a heading, a list or a quotation begins a line of text. */
const guard = (text: string) =>
  text.replace(/^(#{1,6} |[-+>] |-{3,}$|={3,}$)/, '\\$1').replace(/^(\d+)([.)] )/, '$1\\$2')
