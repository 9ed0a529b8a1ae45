// Icons become tiny render functions at build time: no runtime, no font, no request.
// `~icons/lucide/<name>` is the Lucide set, `~icons/xf/<name>` is src/design/icons/<name>.svg.
import { FileSystemIconLoader } from 'unplugin-icons/loaders'
import icon from 'unplugin-icons/vite'
import type { PluginOption } from 'vite'

export function icons(root: string): PluginOption {
  return icon({
    compiler: 'vue3',
    customCollections: { xf: FileSystemIconLoader(`${root}src/design/icons`) },
    // base.css draws .icon at 22 px with a 1.75 px stroke, so Lucide's own 2 px goes.
    iconCustomizer(_collection, _name, attributes) {
      attributes.class = 'icon'
      attributes['aria-hidden'] = 'true'
    },
    transform: (svg) => svg.replace(/ stroke-width="2"/g, ''),
  }) as PluginOption
}
