import { words } from '@/shared/words'

export const t = words({
  player: '视频播放器',
  play: '播放',
  pause: '暂停',
  seek: '播放位置',
  at: (now: string, whole: string) => `${now}，共 ${whole}`,
  resumeAt: (at: string) => `从 ${at} 继续`,
  rate: '播放速度',
  times: (rate: number) => `${rate}×`,
  captions: '字幕',
  captionsOff: '字幕关',
  soundOnly: '只听声音（省流量）',
  fullScreen: '全屏',
  leaveFullScreen: '退出全屏',
  mute: '静音',
  unmute: '打开声音',
  loading: '正在加载视频',
  expired: '播放地址已过期，重新打开即可接着看。',
  network: '视频没有加载出来，网络恢复后请重试。',
  media: '这台设备放不了这个视频，请换一个浏览器。',
  retry: '重试',
})
