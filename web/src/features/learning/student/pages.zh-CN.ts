import { words } from '@/shared/words'

export const t = words({ ways: '显示方式', pages: '原页', text: '文字' })
