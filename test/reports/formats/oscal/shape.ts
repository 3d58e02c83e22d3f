// The shape of the OSCAL files. No npm package has the schemas of OSCAL, so this one is our own: made from the reference of the format
// (https://pages.nist.gov/OSCAL-Reference/models/v1.2.0/), with closed keys, for every object that is written; references.ts looks up the rest.
import { z } from 'zod'

const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
const token = z.string().regex(/^[\p{L}_][\p{L}\p{N}.\-_]*$/u)
const string = z.string().regex(/^\S(.*\S)?$/)
const markup = z.string().regex(/^[^\n]+$/)
const time = z.iso.datetime()
const uri = z.string().regex(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/)
const reference = z.string().regex(/^(#[0-9a-f-]{36}|report\.json|https?:\/\/[\x21-\x7e]+)$/)
const many = <T extends z.ZodType>(item: T) => z.array(item).min(1)

const prop = z.strictObject({ name: token, ns: uri.optional(), value: string })
const metadata = z.strictObject({
  title: markup,
  'last-modified': time,
  version: string,
  'oscal-version': z.literal('1.2.2'),
  props: many(prop),
})
const backMatter = z.strictObject({
  resources: many(
    z.strictObject({
      uuid,
      title: markup,
      description: markup,
      rlinks: many(
        z.strictObject({
          href: reference,
          'media-type': string.optional(),
          hashes: many(z.strictObject({ algorithm: z.literal('SHA-256'), value: z.string().regex(/^[0-9a-f]{64}$/) })).optional(),
        }),
      ).optional(),
    }),
  ),
})

const origins = many(
  z.strictObject({
    actors: many(z.strictObject({ type: z.enum(['tool', 'assessment-platform', 'party']), 'actor-uuid': uuid })),
  }),
)
const relatedObservations = many(z.strictObject({ 'observation-uuid': uuid }))
const component = z.strictObject({
  uuid,
  type: string,
  title: markup,
  description: markup,
  props: many(prop),
  status: z.strictObject({ state: z.enum(['under-development', 'operational', 'disposition', 'other']) }),
})
const observation = z.strictObject({
  uuid,
  title: markup,
  description: markup,
  props: many(prop),
  methods: many(z.enum(['EXAMINE', 'INTERVIEW', 'TEST', 'UNKNOWN'])),
  types: many(z.enum(['ssp-statement-issue', 'control-objective', 'mitigation', 'finding', 'historic'])),
  origins,
  subjects: many(z.strictObject({ 'subject-uuid': uuid, type: z.literal('component') })).optional(),
  'relevant-evidence': many(z.strictObject({ href: reference, description: markup })),
  collected: time,
})
const risk = z.strictObject({
  uuid,
  title: markup,
  description: markup,
  statement: markup,
  props: many(prop),
  status: z.enum(['open', 'investigating', 'remediating', 'deviation-requested', 'deviation-approved', 'closed']),
  origins,
  'threat-ids': many(z.strictObject({ system: uri, id: uri })),
  characterizations: many(
    z.strictObject({
      origin: origins.element,
      facets: many(z.strictObject({ name: token, system: uri, value: string })),
    }),
  ).optional(),
  deadline: time.optional(),
  'related-observations': relatedObservations.optional(),
})
const finding = z.strictObject({
  uuid,
  title: markup,
  description: markup,
  props: many(prop),
  origins,
  target: z.strictObject({
    type: z.enum(['statement-id', 'objective-id']),
    'target-id': token,
    title: markup,
    status: z.strictObject({
      state: z.enum(['satisfied', 'not-satisfied']),
      reason: z.enum(['pass', 'fail', 'other']),
      remarks: z.string().min(1),
    }),
  }),
  'related-observations': relatedObservations.optional(),
  'related-risks': many(z.strictObject({ 'risk-uuid': uuid })).optional(),
})
const controlId = z.strictObject({ 'control-id': token })

export const assessmentResultsShape = z.strictObject({
  'assessment-results': z.strictObject({
    uuid,
    metadata,
    'import-ap': z.strictObject({ href: reference }),
    results: many(
      z.strictObject({
        uuid,
        title: markup,
        description: markup,
        start: time,
        end: time,
        props: many(prop),
        'local-definitions': z.strictObject({
          components: many(component).optional(),
          'assessment-assets': z.strictObject({
            components: many(component),
            'assessment-platforms': many(
              z.strictObject({
                uuid,
                title: markup,
                props: many(prop),
                'uses-components': many(z.strictObject({ 'component-uuid': uuid })),
              }),
            ),
          }),
        }),
        'reviewed-controls': z.strictObject({
          'control-selections': many(
            z.strictObject({
              description: markup,
              'include-controls': many(controlId),
              'exclude-controls': many(controlId).optional(),
            }),
          ),
        }),
        observations: many(observation).optional(),
        risks: many(risk).optional(),
        findings: many(finding).optional(),
      }),
    ),
    'back-matter': backMatter,
  }),
})

export const componentDefinitionShape = z.strictObject({
  'component-definition': z.strictObject({
    uuid,
    metadata,
    components: many(
      z.strictObject({
        uuid,
        type: string,
        title: markup,
        description: markup,
        props: many(prop),
        'control-implementations': many(
          z.strictObject({
            uuid,
            source: reference,
            description: markup,
            'implemented-requirements': many(
              z.strictObject({ uuid, 'control-id': token, description: markup, props: many(prop) }),
            ),
          }),
        ).optional(),
      }),
    ),
    'back-matter': backMatter,
  }),
})
