// How a file is known again after a reload. The browser gives no path, so name, size and date of change must do.
export interface Trace {
  name: string
  size: number
  changed: number
}
export const traceOf = (file: File): Trace => ({
  name: file.name,
  size: file.size,
  changed: file.lastModified,
})
export const isSame = (a: Trace, b: Trace) =>
  a.name === b.name && a.size === b.size && a.changed === b.changed
