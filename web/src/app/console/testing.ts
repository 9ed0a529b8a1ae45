// As every app uses it.
export * from '../testing'
