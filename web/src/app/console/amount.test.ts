import { expect, it } from 'vitest'
import { amountFault } from './amount'

it.each([
  ['2', false],
  [' 1.5 ', false],
  ['0.001', false],
  ['0', true],
  ['0.000', true],
  ['-1', true],
  ['1.2345', true],
  ['1e3', true],
  ['', true],
])('%s', (text, fault) => expect(amountFault(text)).toBe(fault))
