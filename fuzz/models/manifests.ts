// Manifests and policies of a small world, mostly valid: patterns that nearly cover each other, mounts, names, and keys that are on every prototype.
import fc from 'fast-check'

const hosts = ['example.org', '*.example.org', 'a.example.org', '*.a.example.org', '*', 'example.com', '10.0.0.1', 'xexample.org']
const ports = ['', ':8443', ':*', ':80']
/** Also used apart from policies: what a pattern is set against is made of the same few labels. */
export const origin = fc
  .tuple(fc.constantFrom('http', 'https'), fc.constantFrom(...hosts), fc.constantFrom(...ports))
  .map(([scheme, host, port]) => `${scheme}://${host}${port}`)
const endpoint = fc.tuple(fc.constantFrom(...hosts), fc.constantFrom(':443', ':8443', ':*')).map((parts) => parts.join(''))
const some = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 1, maxLength: 3 })
const at = fc.constantFrom('/data', '/work', '/data/deep')
const reason = fc.constant('Why.')
const granularityNs = fc.constantFrom(1, 1_000, 1_000_000)
const key = fc.record({ name: fc.constantFrom('k', 'other'), use: fc.constantFrom(['sign'], ['verify'], ['sign', 'verify']) })

const plain = (...names: readonly string[]) =>
  names.map((capability) => fc.record({ capability: fc.constant(capability), reason }))
const wish = fc.oneof(
  ...plain('args', 'random', 'kv', 'log', 'metric', 'result'),
  fc.record({ capability: fc.constant('stdio'), streams: fc.subarray(['stdin', 'stdout', 'stderr'], { minLength: 1 }), reason }),
  fc.record({ capability: fc.constant('env'), names: fc.subarray(['HOME', 'TOKEN'], { minLength: 1 }), reason }),
  fc.record({ capability: fc.constant('clock'), granularityNs, reason }),
  fc.record({ capability: fc.constant('fs'), mounts: fc.tuple(fc.record({ at, writable: fc.boolean() })), reason }),
  fc.record({ capability: fc.constant('net.http'), allow: some(origin), reason }),
  fc.record({ capability: fc.constant('net.dns'), allow: some(fc.constantFrom(...hosts)), reason }),
  fc.record({ capability: fc.constant('net.tcp'), allow: some(endpoint), reason }),
  fc.record({ capability: fc.constant('crypto'), keys: fc.array(key, { maxLength: 1 }), reason }),
)

export const manifestInput = fc.record({
  manifest: fc.constant(1),
  name: fc.constant('a-module'),
  version: fc.constant('1.0.0'),
  description: fc.constant('A module.'),
  capabilities: fc.uniqueArray(wish, { maxLength: 4, selector: ({ capability }) => capability }),
})

const lists = (one: fc.Arbitrary<string>) =>
  fc.option(fc.record({ allow: fc.array(one, { maxLength: 3 }), deny: fc.array(one, { maxLength: 2 }) }))
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one)

export const policyInput = fc.record({
  extends: fc.constant('default'),
  capabilities: fc.record({
    stdio: maybe(fc.record({ stdin: fc.boolean(), stdout: fc.boolean(), stderr: fc.boolean() })),
    args: fc.boolean(),
    env: fc.oneof(fc.boolean(), fc.record({ names: fc.subarray(['HOME', 'TOKEN', 'PATH'], { minLength: 1 }) })),
    clock: maybe(fc.record({ granularityNs })),
    fs: maybe(fc.record({ mounts: fc.tuple(fc.record({ kind: fc.constant('memory'), at, writable: fc.boolean() })) })),
    net: maybe(
      fc.record({
        http: lists(origin),
        dns: lists(fc.constantFrom(...hosts.filter((host) => !/^\d/.test(host)))),
        tcp: lists(endpoint),
      }),
    ),
    log: fc.boolean(),
    metric: fc.boolean(),
    result: fc.boolean(),
    crypto: maybe(fc.record({ keys: fc.uniqueArray(key, { maxLength: 2, selector: ({ name }) => name }) })),
  }),
})
