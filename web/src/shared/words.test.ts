import { expect, it } from 'vitest'
import { words } from './words'

const t = words({ due: '已到期', left: (n: number, what: string) => `还差 ${n} ${what}` })

it('gives a plain text', () => expect(t('due')).toBe('已到期'))
it('fills the holes', () => expect(t('left', 3, '节')).toBe('还差 3 节'))
it('refuses wrong arguments when compiling', () => {
  const wrong = () => {
    // @ts-expect-error the holes need their arguments
    t('left')
    // @ts-expect-error no such text
    t('other')
  }
  expect(wrong).toThrow()
})
