// The families of generators: what kind of thing they make. The numbers are those of the catalogue of attack classes.

export const FAMILIES = {
  'module-bytes': { id: 'G1', makes: 'modules that lie about counts and sizes, pad integers or shuffle sections' },
  amplification: { id: 'G2', makes: 'small files that cost much: locals, signatures, nesting, segments, tables, memories' },
  links: { id: 'G3', makes: 'imports and exports whose names, kinds and types select what was not meant' },
  values: { id: 'G4', makes: 'pointers, lengths and discriminants at their limits, for every host call' },
  'memory-changes': { id: 'G5', makes: 'memories that grow or are rewritten between, under and because of host calls' },
  'host-returns': { id: 'G6', makes: 'answers of the host that must be real: known error numbers, effects behind every success' },
  handlers: {
    id: 'G7',
    makes: 'exits, traps, denials and exhausted stacks inside handlers, loops, nested calls and start functions',
  },
  sequences: { id: 'G8', makes: 'sequences of host calls, against a model of what each must answer' },
  resources: { id: 'G9', makes: 'guests that use up time, memory, tables, handles, files, output and reports' },
  files: { id: 'G10', makes: 'file trees, links, races and paths, with two mounts of different rights' },
  network: { id: 'G11', makes: 'URLs, hosts, addresses, headers, redirects and answers of name servers' },
  texts: { id: 'G12', makes: 'hostile text in names, sections and every host call that takes text' },
  supply: { id: 'G13', makes: 'manifests, policies, signatures and modules that came before' },
  messages: { id: 'G14', makes: 'frames and messages of a broken layer, and thrown objects' },
  programs: { id: 'G15', makes: 'valid programs at random, and damaged modules of the corpus' },
} as const
export type Family = keyof typeof FAMILIES

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly Family[]

/** A family by its name, or by its number: `files`, `G10`. */
export const familyNamed = (text: string): Family | undefined =>
  FAMILY_NAMES.find((name) => name === text || FAMILIES[name].id === text.toUpperCase())
