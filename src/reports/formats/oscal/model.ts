// The part of the OSCAL 1.2 models that is written here, as types: names are those of the format.
// https://pages.nist.gov/OSCAL-Reference/models/v1.2.0/assessment-results/json-reference/

export interface Prop {
  readonly name: string
  /** Absent for the names that OSCAL itself defines, such as `version`. */
  readonly ns?: string
  readonly value: string
}

export interface Metadata {
  readonly title: string
  readonly 'last-modified': string
  readonly version: string
  readonly 'oscal-version': string
  readonly props: readonly Prop[]
}

export interface Resource {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly rlinks?: readonly {
    readonly href: string
    readonly 'media-type'?: string
    readonly hashes?: readonly { readonly algorithm: 'SHA-256'; readonly value: string }[]
  }[]
}

export interface BackMatter {
  readonly resources: readonly Resource[]
}

export interface Origin {
  readonly actors: readonly [{ readonly type: 'tool'; readonly 'actor-uuid': string }]
}

export interface Observation {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly props: readonly Prop[]
  readonly methods: readonly ['TEST']
  readonly types: readonly ['finding' | 'control-objective']
  readonly origins: readonly [Origin]
  readonly subjects?: readonly { readonly 'subject-uuid': string; readonly type: 'component' }[]
  readonly 'relevant-evidence': readonly { readonly href: string; readonly description: string }[]
  readonly collected: string
}

export interface Risk {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly statement: string
  readonly props: readonly Prop[]
  readonly status: 'open' | 'investigating' | 'remediating' | 'deviation-approved'
  readonly origins: readonly [Origin]
  readonly 'threat-ids'?: readonly { readonly system: string; readonly id: string }[]
  readonly characterizations?: readonly {
    readonly origin: Origin
    readonly facets: readonly { readonly name: string; readonly system: string; readonly value: string }[]
  }[]
  readonly deadline?: string
  readonly 'related-observations'?: readonly RelatedObservation[]
}

interface RelatedObservation {
  readonly 'observation-uuid': string
}

export interface Finding {
  readonly uuid: string
  readonly title: string
  readonly description: string
  readonly props: readonly Prop[]
  readonly origins: readonly [Origin]
  readonly target: {
    readonly type: 'objective-id'
    readonly 'target-id': string
    readonly title: string
    readonly status: {
      readonly state: 'satisfied' | 'not-satisfied'
      readonly reason: 'pass' | 'fail' | 'other'
      readonly remarks: string
    }
  }
  readonly 'related-observations'?: readonly RelatedObservation[]
  readonly 'related-risks'?: readonly { readonly 'risk-uuid': string }[]
}

export interface SystemComponent {
  readonly uuid: string
  readonly type: 'software' | 'this-system'
  readonly title: string
  readonly description: string
  readonly props: readonly Prop[]
  readonly status: { readonly state: 'operational' | 'under-development' }
}

export interface ControlSelection {
  readonly description: string
  readonly 'include-controls': readonly { readonly 'control-id': string }[]
  readonly 'exclude-controls'?: readonly { readonly 'control-id': string }[]
}

export interface AssessmentResults {
  readonly 'assessment-results': {
    readonly uuid: string
    readonly metadata: Metadata
    readonly 'import-ap': { readonly href: string }
    readonly results: readonly [
      {
        readonly uuid: string
        readonly title: string
        readonly description: string
        readonly start: string
        readonly end: string
        readonly props: readonly Prop[]
        readonly 'local-definitions': {
          readonly components?: readonly SystemComponent[]
          readonly 'assessment-assets': {
            readonly components: readonly [SystemComponent]
            readonly 'assessment-platforms': readonly [
              {
                readonly uuid: string
                readonly title: string
                readonly props: readonly Prop[]
                readonly 'uses-components': readonly [{ readonly 'component-uuid': string }]
              },
            ]
          }
        }
        readonly 'reviewed-controls': { readonly 'control-selections': readonly ControlSelection[] }
        readonly observations?: readonly Observation[]
        readonly risks?: readonly Risk[]
        readonly findings?: readonly Finding[]
      },
    ]
    readonly 'back-matter': BackMatter
  }
}

export interface ImplementedRequirement {
  readonly uuid: string
  readonly 'control-id': string
  readonly description: string
  readonly props: readonly Prop[]
}

export interface ComponentDefinition {
  readonly 'component-definition': {
    readonly uuid: string
    readonly metadata: Metadata
    readonly components: readonly [
      {
        readonly uuid: string
        readonly type: 'software'
        readonly title: string
        readonly description: string
        readonly props: readonly Prop[]
        readonly 'control-implementations'?: readonly {
          readonly uuid: string
          readonly source: string
          readonly description: string
          readonly 'implemented-requirements': readonly ImplementedRequirement[]
        }[]
      },
    ]
    readonly 'back-matter': BackMatter
  }
}
