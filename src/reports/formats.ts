// The files that a run leaves, in one table: each is a pure function of the run record, so the same record gives the same bytes.

import { reportMarkdown } from './formats/markdown/report.ts'
import { openVex } from './formats/openvex.ts'
import { evidenceSarif } from './formats/sarif/evidence.ts'
import { findingsSarif } from './formats/sarif/findings.ts'
import { reportHtml } from './html/report.ts'
import type { RunRecord } from './run-record.ts'
import { visibleJson } from './visible.ts'

export interface Format {
  /** As in `gauntlet report write --format <name>`. */
  readonly name: string
  /** Its name in the run's directory. */
  readonly file: string
  /** Who reads it, and what it is: one row of the table in docs/report-format.md, which a test compares. */
  readonly reader: string
  readonly what: string
  /** A format that needs a large package imports it here, not at the top, so that whoever imports the gauntlet does not load it. */
  readonly text: (record: RunRecord) => string | Promise<string>
}

/** In the order in which they are written. report.json is the first: it is the truth, and must be there if the disk fills up afterwards. */
export const FORMATS = [
  {
    name: 'json',
    file: 'report.json',
    reader: 'tools',
    what: 'the run record; the only source of truth',
    text: visibleJson,
  },
  {
    name: 'html',
    file: 'report.html',
    reader: 'people',
    what: 'one page that loads nothing and runs no script',
    text: reportHtml,
  },
  {
    name: 'markdown',
    file: 'report.md',
    reader: 'pull requests, CI logs',
    what: 'the same facts in short',
    text: reportMarkdown,
  },
  {
    name: 'sarif',
    file: 'findings.sarif',
    reader: 'GitHub code scanning and other viewers',
    what: 'SARIF 2.1.0, findings only',
    text: (record) => visibleJson(findingsSarif(record)),
  },
  {
    name: 'evidence-sarif',
    file: 'evidence.sarif',
    reader: 'SARIF viewers; not for upload to GitHub',
    what: 'SARIF 2.1.0: findings, every threat, all evidence, accepted risks',
    text: (record) => visibleJson(evidenceSarif(record)),
  },
  {
    name: 'junit',
    file: 'junit.xml',
    reader: 'test reports of CI systems',
    what: 'JUnit XML: parts of the plan, threats, controls and findings as test cases',
    text: async (record) => (await import('./formats/junit.ts')).junitXml(record),
  },
  {
    name: 'csv',
    file: 'matrix.csv',
    reader: 'spreadsheets',
    what: 'threats and requirements by kind of evidence',
    text: async (record) => (await import('./formats/matrix.ts')).matrixCsv(record),
  },
  {
    name: 'openvex',
    file: 'openvex.json',
    reader: 'tools that handle vulnerabilities',
    what: 'OpenVEX 0.2.0: findings, what became of earlier ones, and threats',
    text: (record) => visibleJson(openVex(record)),
  },
  {
    name: 'oscal-results',
    file: 'oscal-assessment-results.json',
    reader: 'tools of auditors',
    what: 'OSCAL 1.2.2: observations, risks, and a finding for each control',
    text: async (record) => visibleJson((await import('./formats/oscal/assessment-results.ts')).oscalAssessmentResults(record)),
  },
  {
    name: 'oscal-component',
    file: 'oscal-component-definition.json',
    reader: 'tools of auditors',
    what: 'OSCAL 1.2.2: the controls that the sandbox implements',
    text: async (record) =>
      visibleJson((await import('./formats/oscal/component-definition.ts')).oscalComponentDefinition(record)),
  },
  {
    name: 'hdf',
    file: 'hdf.json',
    reader: 'Heimdall and other viewers of HDF',
    what: 'InSpec exec JSON: a control for each threat, with its NIST 800-53 ids',
    text: async (record) => visibleJson((await import('./formats/hdf.ts')).hdf(record)),
  },
  {
    name: 'cyclonedx',
    file: 'vex.cdx.json',
    reader: 'tools that handle SBOMs',
    what: 'CycloneDX 1.6: findings with what was decided about them, and claims with evidence',
    text: async (record) => visibleJson((await import('./formats/cyclonedx/bom.ts')).cycloneDx(record)),
  },
] as const satisfies readonly Format[]

export type FormatName = (typeof FORMATS)[number]['name']
