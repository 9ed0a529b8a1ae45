import { words } from '@/shared/words'

export const t = words({
  drop: '把视频文件拖到这里',
  dropNow: '松开鼠标，开始上传',
  choose: '选择文件',
  rules: 'MP4、MOV、MKV 等常见视频格式，可一次选多个。断网会自动续传；刷新页面后重新选择同一文件即可接着传。',
  queue: '上传队列',
  sendingNow: '正在上传时请不要关闭页面。',
  sending: (name?: string) => (name ? `${name}的上传进度` : '正在上传'),
  paused: '已暂停',
  failed: '已中断',
  lost: '请重新选择同一个文件，从断开处继续',
  received: '已收到，等待转换',
  pause: (name: string) => `暂停上传${name}`,
  resume: (name: string) => `继续上传${name}`,
  pickAgain: (name: string) => `重新选择${name}，继续上传`,
  cancel: (name: string) => `取消上传${name}`,
  hide: (name: string) => `从队列移除${name}`,
})
