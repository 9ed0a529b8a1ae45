// The byte budget: what a browser must fetch before the first screen, gzipped, per entry. Run after `npm run build`.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const root = fileURLToPath(new URL('..', import.meta.url))
const kB = 1000
const budgets = {
  student: { script: 60 * kB, style: 10 * kB, home: 'src/features/learning/student/HomePage.vue' },
  console: { script: 220 * kB, style: 48 * kB, home: 'src/features/reports/console/OverviewPage.vue' },
}
const routeChunk = 15 * kB
const heavyOnPurpose = /hls\.js|pdfjs-dist/
const neverForStudents =
  /node_modules\/(element-plus|@element-plus|@tiptap|echarts|tus-js-client)\/|features\/[^/]+\/console\//

const zipped = (file) => gzipSync(readFileSync(`${root}dist/${file}`), { level: 9 }).length
const kilo = (bytes) => `${(bytes / kB).toFixed(1)} kB`

function read(app) {
  const report = `${root}node_modules/.cache/bundle-${app}.json`
  if (!existsSync(report)) fail(['no build to measure: run `npm run build` first'])
  return new Map(JSON.parse(readFileSync(report, 'utf8')).map((chunk) => [chunk.file, chunk]))
}

function closure(chunks, files, follow) {
  const seen = new Set()
  const queue = [...files]
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (seen.has(file) || !chunks.has(file)) continue
    seen.add(file)
    queue.push(...follow(chunks.get(file)))
  }
  return [...seen].map((file) => chunks.get(file))
}
const now = (chunk) => chunk.imports
const ever = (chunk) => [...chunk.imports, ...chunk.dynamicImports]
const sum = (files) => [...new Set(files)].reduce((total, file) => total + zipped(file), 0)

const faults = []
for (const [name, budget] of Object.entries(budgets)) {
  const chunks = read(name)
  const entry = [...chunks.values()].find((chunk) => chunk.entry === name)
  const home = [...chunks.values()].find((chunk) => chunk.modules.some((id) => id.startsWith(budget.home)))
  if (!entry || !home) fail([`${name}: the entry or its first page is not in the build`])
  const first = closure(chunks, [entry.file, home.file], now)
  const script = sum(first.map((chunk) => chunk.file))
  const style = sum(first.flatMap((chunk) => chunk.css))
  console.log(
    `${name.padEnd(8)} first load: js ${kilo(script)} of ${kilo(budget.script)}, css ${kilo(style)} of ${kilo(budget.style)}, ${first.length} scripts`,
  )
  if (script > budget.script) faults.push(`${name}: first-load script is ${kilo(script)}`)
  if (style > budget.style) faults.push(`${name}: first-load style is ${kilo(style)}`)
  if (name === 'student') checkStudent(chunks, entry, first)
}

function checkStudent(chunks, entry, first) {
  const later = closure(chunks, [entry.file], ever)
  for (const chunk of later) {
    const foreign = chunk.modules.find((id) => neverForStudents.test(id))
    if (foreign) faults.push(`student: ${chunk.file} reaches ${foreign}`)
    if (first.includes(chunk)) continue
    const size = zipped(chunk.file)
    const heavy = chunk.modules.some((id) => heavyOnPurpose.test(id))
    if (size > routeChunk && !heavy)
      faults.push(`student: ${chunk.file} is ${kilo(size)}, over ${kilo(routeChunk)}`)
  }
  console.log(`student  all ${later.length} chunks: js ${kilo(sum(later.map((chunk) => chunk.file)))}`)
}

if (faults.length > 0) fail(faults)

function fail(lines) {
  for (const line of lines) console.error(`over budget: ${line}`)
  process.exit(1)
}
