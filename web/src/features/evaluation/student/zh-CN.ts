import { words } from '@/shared/words'

export const t = words({
  title: '成长',
  literacy: '政治素养评价',
  ofTotal: (percent: string) => `占五维评价的 ${percent}`,
  outOf: '满分 5',
  scoreLabel: (score: string) => `政治素养评价 ${score} 分，满分 5 分`,
  noScore: '尚无可计入的指标',
  noScoreText: '各项指标都还没有安排，等有了考核内容再给出得分。',
  PROVISIONAL: '学期进行中，得分随时会变',
  PUBLISHED: '已公布，可申请复核',
  FINAL: '已定稿',
  provisional: '暂定',
  published: '已公布',
  final: '已定稿',
  asOf: (at: string, scheme: string) => `截至 ${at} · 评分方案 ${scheme}`,
  indicators: '五项指标',
  weight: (percent: string) => `权重 ${percent}`,
  NOT_DUE: '尚未安排',
  NO_RECORD: '暂无记录',
  points: (score: string) => `${score} 分`,
  inLedger: '见明细',
  radar: '五项指标得分',
  own: '我的得分',
  noForecast: '发展党员由党组织研究决定，本平台不作预测。',

  calmTitle: '目前不作政治素养评价',
  calmNONE: '评价只面向入党积极分子、发展对象和预备党员。你的学习与学时照常记录。',
  calmAPPLICANT: '确定为入党积极分子之后才开始评价。现在安心学习，学时照常记录。',
  calmMEMBER: '评价只面向培养阶段的同志。你的学习与学时照常记录。',
  calmOther: '这个学期还没有开始评价，开始后会在这里逐项说明。',

  play: '学习节奏',
  playLine: (days: number, goal: number, weeks: number) =>
    [`本周 ${days}/${goal} 天`, weeks > 0 ? `连续达标 ${weeks} 周` : ''].filter(Boolean).join(' · '),
  playFrozen: '本周冻结，不中断',
  playMore: '任务、主题、徽章和集体目标',
})
