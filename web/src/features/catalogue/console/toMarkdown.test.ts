import { describe, expect, it } from 'vitest'
import { picture, toMarkdown } from './toMarkdown'

describe('text that was pasted', () => {
  const cases: [string, string][] = [
    ['<h2>总纲</h2><p>中国共产党是<strong>先锋队</strong>。</p>', '## 总纲\n\n中国共产党是**先锋队**。'],
    ['<p><strong>“三会一课”</strong>制度</p>', '<strong>“三会一课”</strong>制度'],
    ['<ul><li>一</li><li>二<ol><li>甲</li></ol></li></ul>', '- 一\n- 二\n\n  1. 甲'],
    ['<blockquote><p>一</p><p>二</p></blockquote>', '> 一\n>\n> 二'],
    [
      '<table><tbody><tr><td>年</td><td>事</td></tr><tr><td>1921</td><td>a|b</td></tr></tbody></table>',
      '| 年 | 事 |\n| --- | --- |\n| 1921 | a\\|b |',
    ],
    ['<p><a href="https://a.example/b">链接</a><br>2 * 3</p>', '[链接](<https://a.example/b>)<br>2 \\* 3'],
    ['<p># 不是标题</p><p>1. 不是列表</p>', '\\# 不是标题\n\n1\\. 不是列表'],
    ['<pre><code>a\n b\n</code></pre><hr>', '```\na\n b\n```\n\n---'],
    ['<p><img src="/pictures/ast_1/sig/large-small.jpg" alt="会场"></p>', '![会场](asset:ast_1)'],
  ]
  it.each(cases)('%s', (html, markdown) => expect(toMarkdown(html)).toBe(markdown))
})

describe('a picture of a document', () => {
  it('is named by its document', () =>
    expect(picture('/pictures/ast_1/sig/picture-002.png')).toBe('asset:ast_1/picture-002'))
  it('is left alone when it is not ours', () =>
    expect(picture('https://a.example/b.png')).toBe('https://a.example/b.png'))
})
