// Subtitles as lecturers have them (.srt from most tools) to what the server takes (WebVTT).
export function toVtt(text: string): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim()
  if (lines.startsWith('WEBVTT')) return `${lines}\n`
  // 00:01:02,500 --> 00:01:04,000 : only the comma differs
  const cues = lines.replace(/(\d{2}:\d{2}:\d{2}),(\d{3})/g, '$1.$2')
  return `WEBVTT\n\n${cues}\n`
}

/** Many tools write Chinese subtitles in GB 18030, some in UTF-16. */
export function decode(bytes: ArrayBuffer): string {
  const [first, second] = new Uint8Array(bytes)
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
