// Typed interface texts. Each feature keeps a table in its own zh-CN.ts; a text with a hole in it is a function.
//   export const t = words({ due: '已到期', left: (n: number) => `还差 ${n} 节` })
//   t('due')   t('left', 3)   // a wrong key or argument does not compile
type Text = string | ((...holes: never[]) => string)
type Holes<T extends Text> = T extends (...holes: infer H) => string ? H : []

export function words<Table extends Record<string, Text>>(table: Table) {
  return function t<Key extends keyof Table>(key: Key, ...holes: Holes<Table[Key]>): string {
    const text: Text = table[key] as Text
    return typeof text === 'string' ? text : text(...(holes as never[]))
  }
}
