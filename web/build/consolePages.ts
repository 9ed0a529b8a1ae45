// The Rust server answers /console/* with console.html; this makes `vite dev` and `vite preview` do the same.
import type { Connect, Plugin } from 'vite'

const rewrite: Connect.NextHandleFunction = (request, _response, next) => {
  const path = (request.url ?? '').split('?')[0] ?? ''
  const isPage = path === '/console' || (path.startsWith('/console/') && !/\.\w+$/.test(path))
  if (isPage) request.url = '/console.html'
  next()
}

export function consolePages(): Plugin {
  return {
    name: 'xianfeng:console-pages',
    configureServer: (server) => void server.middlewares.use(rewrite),
    configurePreviewServer: (server) => void server.middlewares.use(rewrite),
  }
}
