import { words } from '@/shared/words'

export const t = words({
  title: '文字稿',
  language: '文字稿语言',
  how: '用上下方向键选择一句，按回车从这一句播放。',
  loading: '正在取文字稿…',
  empty: '这份字幕没有文字。',
  broken: '文字稿没有取到。',
  again: '重试',
  follow: '跟随播放',
})
