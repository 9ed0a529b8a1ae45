import { words } from '@/shared/words'

export const t = words({
  home: '首页',
  courses: '课程',
  credits: '学分',
  growth: '成长',
  play: '学习节奏',
  appeals: '复核申请',
  appealNew: '申请复核',
  me: '我的',
  search: '搜索',
  lesson: '学习',
  signIn: '登录',
  password: '修改密码',
  demo: '演示数据',
  saved: '离线文章',
  toldLater: (time: string) => `离线学到的 ${time}已计入`,
  more: '加载更多',
})
