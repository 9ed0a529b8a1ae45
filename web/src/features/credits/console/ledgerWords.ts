import { words } from '@/shared/words'

export const t = words({
  title: '明细校验',
  note: '每一笔积分、学时、学分都是一条只增不改的记录；在这里证明没有人动过它们。',
  verify: '立即校验',
  verifying: '正在校验',
  figures: '明细概况',
  entries: '记录总数',
  entryUnit: '条',
  blocks: '已封存',
  blockUnit: '批',
  sealed: '最近封存',
  verified: '最近校验读取',
  notYet: '尚无',
  result: '校验结果',
  never: '还没有校验过。点「立即校验」从第一条读到最后一条。',
  whole: '一致：每条记录的内容、顺序和签名都与封存时相同。',
  broken: '发现不一致：有记录与封存时不同。',
  lastRun: (when: string, entries: string) => `最近一次校验：${when}，共读取 ${entries} 条记录。`,
  firstFault: '第一处不一致',
  whatNow:
    '请先不要改动数据，保留现场：导出备份，联系学校信息部门，用异地保存的见证文件核对，再决定是否恢复备份。',
  key: '校验公钥',
  keyNote: '核对签名用的公钥（Ed25519），可以公开；请另抄一份交给审计人员保管',
  copyKey: '复制公钥',
  how: '怎么保证没有人动过',
  howOnly: '记录只增不改：数据库本身拒绝修改和删除，更正也是一条新记录。',
  howBlock: '每分钟把新记录封成一批，每条都有内容指纹，批与批首尾相连。',
  howCheckpoint: '检查点是对「到此为止的全部记录」的签名：改动其中任何一条，签名就对不上。',
  howWitness:
    '每个检查点都追加到见证文件：默认是数据目录里的 witness/checkpoints.txt，最好在设置中改到数据库管理人员不能改写的地方；也可以同时发送到学校指定的地址。请定期另存一份：有了它，连删掉末尾、换回旧备份也能查出。',
  howSelf:
    '校验程序与记账程序分开编写；任何人拿到数据、见证文件和公钥，都可以运行 xianfeng ledger verify 自行核对。',
})
