// The units in the asker's charge as choices, indented by their kind: what a report or a course can be narrowed to.
import { computed } from 'vue'
import { UnitsDocument, type UnitKind } from '@/shared/gql/app/graphql'
import { useLoad } from './useLoad'

const depth: Record<UnitKind, number> = { SCHOOL: 0, COLLEGE: 1, BRANCH: 2, GROUP: 3 }

export function useUnits() {
  const { data } = useLoad(UnitsDocument, () => ({}))
  const units = computed(() => data.value?.units ?? [])
  const options = computed(() => {
    const least = Math.min(3, ...units.value.map((unit) => depth[unit.kind]))
    return units.value.map((unit) => ({
      value: unit.id,
      label: `${'\u3000'.repeat(depth[unit.kind] - least)}${unit.name}`,
    }))
  })
  return { units, options }
}
