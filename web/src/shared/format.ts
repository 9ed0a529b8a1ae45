// How figures, days and durations read on screen: zh-CN, in the school's time zone whatever the phone's is.
// Decimal strings from the server are never turned into floats: "0.1" plus rounding is how reports lose trust.
const zone = 'Asia/Shanghai'
const locale = 'zh-CN'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "1234.5" → "1,234.5" */
export function decimal(value: string): string {
  const negative = value.startsWith('-')
  const [whole = '0', fraction] = value.replace(/^[-+]/, '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return `${negative ? '−' : ''}${grouped}${fraction ? `.${fraction}` : ''}`
}

/** "2" → "+2", "-1" → "−1" with a true minus, "0" → "0" */
export function signed(value: string): string {
  return isNegative(value) || isZero(value) ? decimal(value) : `+${decimal(value)}`
}

/** The exact sum of Decimal strings of at most three places. */
export function sum(amounts: string[]): string {
  const thousandths = amounts.reduce((total, amount) => {
    const [whole = '0', fraction = ''] = amount.replace('-', '').split('.')
    const value = BigInt(whole) * 1000n + BigInt(fraction.padEnd(3, '0').slice(0, 3))
    return amount.startsWith('-') ? total - value : total + value
  }, 0n)
  const size = thousandths < 0n ? -thousandths : thousandths
  const fraction = String(size % 1000n)
    .padStart(3, '0')
    .replace(/0+$/, '')
  return `${thousandths < 0n ? '-' : ''}${size / 1000n}${fraction ? `.${fraction}` : ''}`
}

export const isNegative = (value: string) => value.startsWith('-') && !isZero(value)
export const isZero = (value: string) => /^[-+]?0*(\.0*)?$/.test(value)

/** For the length of a bar or the angle of a ring, never for a figure that people read. */
export const forDrawing = (value: string | null | undefined) => Number(value ?? 0)

export function count(value: number): string {
  return new Intl.NumberFormat(locale).format(value)
}

/** 0.996 → "99%": rounding up would promise a finish that the server has not seen. */
export function percent(share: number): string {
  return `${wholePercent(share)}%`
}
export function wholePercent(share: number): number {
  return Math.floor(Math.min(1, Math.max(0, share)) * 100 + 1e-9)
}

/** "2026-11-20" → "11 月 20 日"; the year is said when it is not this one. */
export function day(date: string, now = new Date()): string {
  const [year, month, dayOfMonth] = date.split('-').map(Number)
  const thisYear = schoolDay(now).slice(0, 4) === String(year)
  return `${thisYear ? '' : `${year} 年 `}${month} 月 ${dayOfMonth} 日`
}

/** The school's calendar day of an instant, as "YYYY-MM-DD". */
export function schoolDay(instant: string | Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(instant))
}

export function time(instant: string | Date): string {
  return new Intl.DateTimeFormat(locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant))
}

export function dateTime(instant: string | Date, now = new Date()): string {
  return `${day(schoolDay(instant), now)} ${time(instant)}`
}

/** "刚刚", "18 分钟前", "昨天 21:05", then the date. */
export function ago(instant: string | Date, now = new Date()): string {
  const passed = now.getTime() - new Date(instant).getTime()
  if (passed < MINUTE) return '刚刚'
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} 分钟前`
  if (schoolDay(instant) === schoolDay(now)) return `今天 ${time(instant)}`
  if (schoolDay(instant) === schoolDay(new Date(now.getTime() - DAY))) return `昨天 ${time(instant)}`
  return day(schoolDay(instant), now)
}

/** 1 080 000 → "18 分钟"; the last started minute counts, so that a short clip is not "0 分钟". */
export function duration(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE)
  if (minutes < 60) return `${minutes} 分钟`
  const rest = minutes % 60
  return `${Math.floor(minutes / 60)} 小时${rest ? ` ${rest} 分钟` : ''}`
}

/** 200 000 → "3 分 20 秒": how long something really took; a started second does not count. */
export function exact(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts
    .map((part, index) => (part ? `${part} ${['小时', '分', '秒'][index]}` : ''))
    .filter(Boolean)
  return shown.join(' ') || '0 秒'
}

/** A place in a video: 65 000 → "1:05", 3 905 000 → "1:05:05". */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const shown = parts[0] ? parts : parts.slice(1)
  return shown.map((part, index) => (index ? String(part).padStart(2, '0') : String(part))).join(':')
}

const weekdays = '日一二三四五六'
/** "2026-11-20" → "五" */
export function weekday(date: string): string {
  return weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? ''
}

/** 52 428 800 → "50 MB" */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, size)) / 10)))
  const value = size / 1024 ** step
  return `${value >= 100 || step === 0 ? Math.round(value) : Number(value.toFixed(1))} ${units[step]}`
}
