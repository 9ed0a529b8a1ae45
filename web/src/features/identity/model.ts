// What can be said about the forms before the server is asked.
import { t } from './zh-CN'

export interface PasswordDraft {
  current: string
  next: string
  again: string
}
export type Faults<Draft> = Partial<Record<keyof Draft, string>>

export function passwordFaults(draft: PasswordDraft): Faults<PasswordDraft> {
  const faults: Faults<PasswordDraft> = {}
  if (!draft.current) faults.current = t('currentMissing')
  if ([...draft.next].length < 8) faults.next = t('nextShort')
  else if (draft.next === draft.current) faults.next = t('same')
  if (draft.again !== draft.next) faults.again = t('different')
  return faults
}

export interface SignInDraft {
  username: string
  password: string
}
export function signInFaults(draft: SignInDraft): Faults<SignInDraft> {
  const faults: Faults<SignInDraft> = {}
  if (!draft.username.trim()) faults.username = t('usernameMissing')
  if (!draft.password) faults.password = t('passwordMissing')
  return faults
}

/** Which demo accounts a sign-in page offers. */
export const demoAccounts = {
  student: ['student'],
  console: ['lecturer', 'admin', 'secretary', 'auditor'],
} as const
