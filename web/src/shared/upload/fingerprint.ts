// How a file is known again after a reload: a browser that gives handles gives the file itself; elsewhere name, size and date must do.
export interface Trace {
  name: string
  size: number
  changed: number
}
/** A file, and what it can be opened with after a reload. */
export interface Chosen {
  file: File
  handle?: FileSystemFileHandle
}
export const traceOf = (file: File): Trace => ({
  name: file.name,
  size: file.size,
  changed: file.lastModified,
})
export const isSame = (a: Trace, b: Trace) =>
  a.name === b.name && a.size === b.size && a.changed === b.changed

/** What was dropped, with handles where the browser gives them. To be called before anything is awaited: the list is empty afterwards. */
export async function dropped(list: DataTransfer | null): Promise<Chosen[]> {
  const items = [...(list?.items ?? [])].filter((item) => item.kind === 'file')
  const found = items.map((item) => ({
    file: item.getAsFile(),
    handle: item.getAsFileSystemHandle?.().catch(() => null),
  }))
  const chosen: Chosen[] = []
  for (const { file, handle: coming } of found) {
    const handle = await coming
    // A folder has no size to send.
    if (!file || handle?.kind === 'directory') continue
    chosen.push(handle ? { file, handle: handle as FileSystemFileHandle } : { file })
  }
  return chosen
}

/** The file of a handle; null where it is gone, was changed, or may not be read without a click. */
export async function reopen(handle: FileSystemFileHandle, trace: Trace, ask: boolean): Promise<File | null> {
  try {
    const wanted = { mode: 'read' } as const
    let may = (await handle.queryPermission?.(wanted)) ?? 'granted'
    if (may !== 'granted' && ask) may = (await handle.requestPermission?.(wanted)) ?? 'denied'
    if (may !== 'granted') return null
    const file = await handle.getFile()
    return isSame(traceOf(file), trace) ? file : null
  } catch {
    return null
  }
}
