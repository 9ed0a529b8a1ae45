import { words } from '@/shared/words'

export const t = words({
  label: '新版本',
  text: '平台有新版本，更新后继续学习；已学的内容不会丢。',
  take: '更新',
  later: '稍后',
})
