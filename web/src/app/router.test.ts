import { describe, expect, it } from 'vitest'
import { inside } from './router'

describe('where signing in leads', () => {
  it('is the page that was asked for', () =>
    expect(inside('/lessons/les_1?at=3')).toBe('/lessons/les_1?at=3'))
  it.each(['https://evil.example', '//evil.example', '/\\evil.example', undefined, ['/a', '/b']])(
    'is never %s',
    (next) => expect(inside(next)).toBe('/'),
  )
})
