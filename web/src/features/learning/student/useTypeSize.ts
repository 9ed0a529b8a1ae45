// How large a reading is set: 16 to 24 px, kept on this device.
import { ref, watch } from 'vue'

const key = 'xianfeng:type-size'
export const typeSizes = [16, 18, 20, 22, 24] as const

const kept = () => {
  try {
    return Number(localStorage.getItem(key))
  } catch {
    return 0
  }
}
const size = ref(typeSizes.find((one) => one === kept()) ?? 18)
watch(size, (value) => {
  try {
    localStorage.setItem(key, String(value))
  } catch {
    // A private window keeps nothing; the size then lasts as long as the page.
  }
})

export const useTypeSize = () => size
