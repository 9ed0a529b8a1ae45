import { words } from '@/shared/words'

export const t = words({
  title: '随堂一题',
  passed: '答对了',
  again: '再看一遍',
  late: '时间到了',
  minutes: (n: number) => `还有大约 ${n} 分钟`,
  minute: '还有一分钟左右',
  halfMinute: '还有不到半分钟，需要的话可以延长',
  moreTime: '需要更多时间',
  calm: '题目只问刚刚学过的内容。答错不扣任何记录，没有答上也可以以后再答。',
  later: '稍后回答',
  send: '提交',
  goOn: '继续学习',
  counted: (time: string) => `已计入 ${time}`,
  passedText: '学过的部分都已计入。',
  againText: '再看一遍这一段，稍后换一道题。',
  lateText: '没有答上也没关系：这一段先留着，答对下一道题后一起计入。',
  lookAgain: (clock: string) => `从 ${clock} 再看`,
  readAgain: (n: number) => `从第 ${n} 段再看`,
})
