// oscal-component-definition.json: what the sandbox implements, by control, with the state of the evidence for it.

import { productOf } from '../../evidence/reviewed.ts'
import { list, RESULT_WORD } from '../../results.ts'
import type { RunRecord } from '../../run-record.ts'
import { stableUuid } from '../../uuid.ts'
import { metadata, type Objective, type ObjectiveList, objectiveLists, reportResource, threatModelResource } from './frame.ts'
import type { ComponentDefinition, ImplementedRequirement } from './model.ts'
import { line, markup, prop } from './words.ts'

export function oscalComponentDefinition(record: RunRecord): ComponentDefinition {
  const product = productOf(record)
  const implementations = objectiveLists(record)
    .map((source) => ({ source, implemented: source.objectives.filter(isImplemented(record)) }))
    .filter(({ implemented }) => implemented.length > 0)
    .map(({ source, implemented }) => ({
      uuid: stableUuid('implementation', source.id),
      source: source.source,
      description: markup(`${source.title}: the controls that the sandbox has evidence for, or lacks it.`),
      'implemented-requirements': implemented.map((objective) => requirementOf(objective, source)),
    }))
  return {
    'component-definition': {
      uuid: stableUuid('component-definition', record.run),
      metadata: metadata(record, 'Controls of the sandbox'),
      components: [
        {
          uuid: stableUuid('component', product.name),
          type: 'software',
          title: markup(product.name),
          description: product.own
            ? 'A sandbox for untrusted WebAssembly modules.'
            : 'A host for WebAssembly modules that was attacked.',
          props: [
            { name: 'version', value: line(product.version) },
            ...(product.digest === undefined ? [] : [prop('directory-digest', product.digest)]),
          ],
          ...(implementations.length > 0 ? { 'control-implementations': implementations } : {}),
        },
      ],
      'back-matter': { resources: [threatModelResource(record), reportResource(record)] },
    },
  }
}

/** A control that has no source file is not implemented, and must not stand here as if it were. */
function isImplemented(record: RunRecord): (objective: Objective) => boolean {
  const built = new Set(record.controls.filter(({ paths }) => paths.length > 0).map(({ id }) => id))
  return ({ controls }) => controls.some((id) => built.has(id))
}

function requirementOf(objective: Objective, source: ObjectiveList): ImplementedRequirement {
  const by = objective.controls.length === 0 ? '' : ` By ${list(objective.controls)}.`
  return {
    uuid: stableUuid('implemented', source.id, objective.id),
    'control-id': objective.id,
    description: markup(
      `${objective.title}.${by} Evidence that supports it: ${RESULT_WORD[objective.result]}. ${objective.reason}`,
    ),
    props: [prop('evidence-result', objective.result)],
  }
}
