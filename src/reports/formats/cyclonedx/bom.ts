// vex.cdx.json: a CycloneDX 1.6 document about the product: what it is, its vulnerabilities as this run found them, with what was decided about
// them, and what the run is evidence for.
//
// Written by hand: the library of the project has no declarations and no proofs of concept. The tests check it with that library's validator.

import { type Product, productOf, reviewedTargets } from '../../evidence/reviewed.ts'
import { requiredInstant } from '../../instant.ts'
import type { RunRecord } from '../../run-record.ts'
import { summarise } from '../../summary.ts'
import { stableUuid } from '../../uuid.ts'
import { type Declarations, declarations, type Standard, standards } from './declarations.ts'
import { productRef, property, ref, text } from './text.ts'
import { type Vulnerability, vulnerabilities } from './vulnerabilities.ts'

export interface Bom {
  readonly $schema: string
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly serialNumber: string
  readonly version: 1
  readonly metadata: {
    readonly timestamp: string
    readonly tools: { readonly components: readonly Component[] }
    readonly component: Component
    readonly properties: readonly Property[]
  }
  readonly components: readonly Component[]
  readonly vulnerabilities: readonly Vulnerability[]
  readonly declarations: Declarations
  readonly definitions?: { readonly standards: readonly Standard[] }
}

export interface Property {
  readonly name: string
  readonly value: string
}

interface Component {
  readonly type: 'application' | 'library' | 'platform'
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly purl?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
  readonly properties?: readonly Property[]
}

export function cycloneDx(record: RunRecord): Bom {
  const { alarm, headline } = summarise(record)
  const product = productOf(record)
  const found = standards(record)
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${stableUuid('bom', record.run)}`,
    version: 1,
    metadata: {
      timestamp: requiredInstant(record.finishedAt, record.startedAt),
      tools: { components: [toolOf(record)] },
      component: componentOf(product),
      properties: [
        property('run', record.run),
        property('completion', record.completion),
        property('verdict', alarm === null ? headline : `${alarm} ${headline}`),
        property('command', record.command),
      ],
    },
    components: reviewedTargets(record).map(targetOf),
    vulnerabilities: vulnerabilities(record),
    declarations: declarations(record, productRef(product)),
    ...(found.length > 0 ? { definitions: { standards: found } } : {}),
  }
}

function componentOf(product: Product): Component {
  return {
    type: product.own ? 'library' : 'platform',
    'bom-ref': productRef(product),
    name: text(product.name),
    version: text(product.version),
    description: product.own
      ? 'A sandbox for untrusted WebAssembly modules.'
      : 'A host for WebAssembly modules that was attacked.',
    ...purl(product),
    ...(product.digest === undefined
      ? {}
      : {
          hashes: [{ alg: 'SHA-256', content: product.digest }],
          properties: [property('hash-of', 'the list of the SHA-256 of each file below sandbox/ and wasm/, sorted by name')],
        }),
  }
}

function purl({ name, version, own }: Product): Pick<Component, 'purl'> {
  return own && /^[a-z0-9][a-z0-9._-]*$/.test(name) && /^[\w.+-]+$/.test(version)
    ? { purl: `pkg:npm/${name}@${encodeURIComponent(version)}` }
    : {}
}

const toolOf = ({ project }: RunRecord): Component => ({
  type: 'application',
  'bom-ref': ref('tool', project.name),
  name: 'gauntlet',
  version: text(project.version),
})

function targetOf({ name, version, facts }: RunRecord['targets'][number]): Component {
  const told = Object.entries(facts).map(([fact, value]) => property(`fact:${text(fact)}`, value))
  return {
    type: 'platform',
    'bom-ref': ref('target', name),
    name: text(name),
    version: text(version),
    ...(told.length > 0 ? { properties: told } : {}),
  }
}
