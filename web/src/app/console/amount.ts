/** By how much a record is corrected: a positive decimal of at most three places; its sign is chosen apart. */
export const amountFault = (text: string) =>
  !/^\d{1,9}(\.\d{1,3})?$/.test(text.trim()) || /^0+(\.0*)?$/.test(text.trim())
