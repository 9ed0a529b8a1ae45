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
