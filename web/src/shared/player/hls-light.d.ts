// The light build has the same interface, without a declaration of its own.
declare module 'hls.js/light' {
  export * from 'hls.js'
  export { default } from 'hls.js'
}
