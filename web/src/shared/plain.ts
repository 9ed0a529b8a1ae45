/** A generated type without its `__typename`s: what a pure function asks for, so that a test need not write them. */
export type Plain<T> = T extends (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [Key in keyof T as Key extends '__typename' ? never : Key]: Plain<T[Key]> }
    : T
