// Files that are being converted move while one looks at them, wherever they are shown.
import { onScopeDispose, reactive, watch } from 'vue'
import type { AssetStateFragment } from '@/shared/gql/app/graphql'
import { followAsset, isSettled } from './followAsset'

export function useLiveAssets(assets: () => AssetStateFragment[], settled: () => void = () => {}) {
  const live = reactive(new Map<string, AssetStateFragment>())
  const followed = new Map<string, () => void>()

  function follow({ id }: AssetStateFragment) {
    const stop = followAsset(id, (state) => {
      live.set(id, state)
      if (isSettled(state.status)) settled()
    })
    followed.set(id, stop)
  }
  watch(
    assets,
    (all) => {
      for (const asset of all) {
        if (isSettled(asset.status)) live.delete(asset.id)
        else if (asset.status !== 'UPLOADING' && !followed.has(asset.id)) follow(asset)
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => followed.forEach((stop) => stop()))

  return <Asset extends AssetStateFragment>(asset: Asset): AssetStateFragment => live.get(asset.id) ?? asset
}
export type StateOf = ReturnType<typeof useLiveAssets>
