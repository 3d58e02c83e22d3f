// Each probe reports what it finds under a policy that grants exactly its target, and that it was refused under one that grants another.
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type ExecutionResult, type PolicyInput, type Sandbox } from '../../src/sandbox/index.ts'
import { certificate, httpServer, nameServer, type Running, tcpServer, tlsServer } from './support/servers.ts'

type Net = NonNullable<NonNullable<PolicyInput['capabilities']>['net']>

const module = (path: string) => readFileSync(new URL(`../../examples/guests/${path}.wasm`, import.meta.url))

let names: Awaited<ReturnType<typeof nameServer>>
/** Trusts the certificates of the tests. */
let sandbox: Sandbox
const servers: Running[] = []
const serving = async <T extends Running>(server: Promise<T>): Promise<T> => {
  const running = await server
  servers.push(running)
  return running
}

beforeAll(async () => {
  names = await nameServer()
  const dnsServers = [`127.0.0.1:${names.port}`]
  sandbox = createSandbox('default', { dnsServers, certificateAuthorities: [certificate('valid'), certificate('expired')] })
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]()
  await names.close()
})

/** Loopback is granted beside the target, because that is where the test's servers are. */
const granting = (net: Omit<Net, 'addresses'>): PolicyInput => ({
  extends: 'default',
  capabilities: { net: { ...net, addresses: { allow: ['loopback'] } } },
})

/** What the probe found out; that it ran to its end is checked on the way. */
function found(result: ExecutionResult) {
  expect([result.success, result.message, Buffer.from(result.stderr).toString()]).toEqual([true, result.message, ''])
  return result.probe
}
const run = (path: string, policy: PolicyInput | string, ...args: string[]) =>
  sandbox.execute(module(path), policy, { args: [path, ...args] })
const refusals = ({ securityEvents }: ExecutionResult) =>
  securityEvents.filter((event) => event.type === 'network-access' && !event.allowed)
const metrics = ({ reports }: ExecutionResult) =>
  reports.flatMap((report) => (report.type === 'metric' ? [[report.name, report.unit]] : []))

describe('the HTTP check, in Go', () => {
  const PATH = 'go/http-check'

  it('reports status, size and time of an answer', async () => {
    const { port } = await serving(httpServer((_, response) => response.end('hello')))
    const url = `http://probe.test:${port}`
    const result = await run(PATH, granting({ http: { allow: [url] } }), `${url}/`)
    expect(found(result)).toMatchObject({ status: 'ok', unit: 'ms', message: `${url}/: status 200, 5 bytes` })
    expect(result.probe!.value).toBeGreaterThanOrEqual(0)
    expect(result.probe!.timings.map(({ name }) => name)).toEqual(['head', 'body'])
    expect(metrics(result)).toEqual([
      ['http.duration', 'ms'],
      ['http.body', 'B'],
    ])
  })

  it('takes its target from the environment', async () => {
    const { port } = await serving(httpServer((_, response) => response.writeHead(204).end()))
    const url = `http://probe.test:${port}`
    const result = await sandbox.execute(module(PATH), granting({ http: { allow: [url] } }), { env: { TARGET: url } })
    expect(found(result)).toMatchObject({ status: 'ok', message: `${url}: status 204, 0 bytes` })
  })

  it('reports an error of the server as critical', async () => {
    const { port } = await serving(httpServer((_, response) => response.writeHead(503).end()))
    const url = `http://probe.test:${port}`
    expect(found(await run(PATH, granting({ http: { allow: [url] } }), url))).toMatchObject({
      status: 'critical',
      message: `${url}: status 503, 0 bytes`,
    })
  })

  it('reports that it was refused, and the server hears nothing', async () => {
    let requests = 0
    const { port } = await serving(
      httpServer((_, response) => {
        requests++
        response.end()
      }),
    )
    const url = `http://probe.test:${port}`
    const result = await run(PATH, granting({ http: { allow: ['http://other.test'] } }), url)
    expect(found(result)).toMatchObject({ status: 'unknown', value: null, message: `${url}: refused by the policy (acces)` })
    expect(refusals(result)).toHaveLength(1)
    expect(requests).toBe(0)
  })
})

describe('the DNS check, in AssemblyScript', () => {
  const PATH = 'assemblyscript/dns-check'
  const GRANT = granting({ dns: { allow: ['probe.test', 'nowhere.test'] } })

  it.each([
    ['the address', ['probe.test'], 'ok', 1, 'probe.test A: 127.0.0.1'],
    ['a record of another type', ['probe.test', 'mx'], 'ok', 1, 'probe.test MX: 10 mail.probe.test.'],
    [
      'a record that is not among the answers',
      ['probe.test', 'A', '192.0.2.1'],
      'critical',
      1,
      'probe.test A: 127.0.0.1 without 192.0.2.1',
    ],
    ['a name that does not exist', ['nowhere.test'], 'critical', null, 'nowhere.test A: no answer (noent)'],
  ])('reports %s', async (_, args, status, value, message) => {
    expect(found(await run(PATH, GRANT, ...args))).toMatchObject({ status, value, unit: 'records', message })
  })

  it('reports that it was refused, and the name server hears nothing', async () => {
    const before = names.asked.length
    const result = await run(PATH, granting({ dns: { allow: ['other.test'] } }), 'probe.test')
    expect(found(result)).toMatchObject({ status: 'unknown', message: 'probe.test A: refused by the policy (acces)' })
    expect(refusals(result)).toHaveLength(1)
    expect(names.asked.length).toBe(before)
  })
})

describe('the TCP latency check, in C', () => {
  const PATH = 'c/tcp-latency'

  it('reports the median of three connections', async () => {
    const server = await serving(tcpServer())
    const target = `probe.test:${server.port}`
    const result = await run(PATH, granting({ tcp: { allow: [target] } }), target)
    expect(found(result)).toMatchObject({ status: 'ok', unit: 'ms', message: `${target}: median of 3 connections` })
    expect(result.probe!.timings.map(({ name }) => name)).toEqual(['connect 1', 'connect 2', 'connect 3'])
    expect(result.probe!.timings.map(({ nanoseconds }) => nanoseconds / 1e6).sort((a, b) => a - b)[1]).toBeCloseTo(
      result.probe!.value!,
      6,
    )
    expect(server.connections()).toBe(3)
  })

  it('reports a port where nobody listens as critical', async () => {
    const { port, close } = await tcpServer()
    await close()
    const target = `probe.test:${port}`
    expect(found(await run(PATH, granting({ tcp: { allow: [target] } }), target))).toMatchObject({
      status: 'critical',
      message: `${target}: no connection (connrefused)`,
    })
  })

  it('reports that it was refused, and nobody is connected to', async () => {
    const server = await serving(tcpServer())
    const target = `probe.test:${server.port}`
    const result = await run(PATH, granting({ tcp: { allow: ['other.test:443'] } }), target)
    expect(found(result)).toMatchObject({ status: 'unknown', message: `${target}: refused by the policy (acces)` })
    expect(refusals(result)).toHaveLength(1)
    expect(server.connections()).toBe(0)
  })
})

describe('the certificate check, in C++', () => {
  const PATH = 'cpp/certificate-expiry'

  it('reports the days that are left', async () => {
    const { port } = await serving(tlsServer('valid'))
    const target = `probe.test:${port}`
    const result = await run(PATH, granting({ tcp: { allow: [target] } }), target)
    expect(found(result)).toMatchObject({ status: 'ok', unit: 'd', message: `${target}: valid` })
    expect(result.probe!.value).toBe(Math.floor((Date.UTC(2120, 0, 1) - Date.now()) / 86_400_000))
    expect(result.probe!.timings.map(({ name }) => name)).toEqual(['handshake'])
    expect(metrics(result)).toEqual([['certificate.days', 'd']])
  })

  it('reports one that is expired', async () => {
    const { port } = await serving(tlsServer('expired'))
    const target = `probe.test:${port}`
    const result = await run(PATH, granting({ tcp: { allow: [target] } }), target)
    expect(found(result)).toMatchObject({ status: 'critical', message: `${target}: expired` })
    expect(result.probe!.value).toBeLessThan(-1000)
  })

  it('reports one that nobody vouches for', async () => {
    const { port } = await serving(tlsServer('valid'))
    const target = `probe.test:${port}`
    await using trusting = createSandbox('default', { dnsServers: [`127.0.0.1:${names.port}`] })
    const result = await trusting.execute(module(PATH), granting({ tcp: { allow: [target] } }), { args: [PATH, target] })
    expect(found(result)).toMatchObject({ status: 'warning', message: `${target}: not trusted` })
  })

  it('reports that it was refused', async () => {
    const { port } = await serving(tlsServer('valid'))
    const target = `probe.test:${port}`
    const result = await run(PATH, granting({ tcp: { allow: ['other.test:443'] } }), target)
    expect(found(result)).toMatchObject({ status: 'unknown', message: `${target}: refused by the policy (acces)` })
    expect(refusals(result)).toHaveLength(1)
  })
})

describe('the log parser, in Rust', () => {
  const PATH = 'rust/log-parser'
  const LOG = '2026-01-01T00:00:00Z INFO started\n[warn] slow\n{"severity":"ERROR","text":"disk full"}\nno severity\n'
  const MOUNTED: PolicyInput = { extends: 'default', capabilities: { fs: { mounts: [{ kind: 'memory', at: '/logs' }] } } }

  it('counts the lines of a file in a mount', async () => {
    const result = await sandbox.execute(module(PATH), MOUNTED, {
      args: [PATH, '/logs/app.log'],
      files: { '/logs/app.log': LOG },
    })
    expect(found(result)).toMatchObject({
      status: 'critical',
      value: 1,
      unit: 'errors',
      message: '/logs/app.log: 4 lines, 1 warnings, 1 errors',
    })
    expect(result.reports.filter(({ type }) => type === 'metric')).toEqual([
      { type: 'metric', kind: 'counter', name: 'log.lines', value: 4, unit: '' },
      { type: 'metric', kind: 'counter', name: 'log.warnings', value: 1, unit: '' },
      { type: 'metric', kind: 'counter', name: 'log.errors', value: 1, unit: '' },
    ])
    expect(result.reports.filter(({ type }) => type === 'log')).toEqual([
      { type: 'log', level: 'warning', message: '{"severity":"ERROR","text":"disk full"}' },
    ])
    expect(result.changes).toEqual([])
  })

  it.each([
    ['INFO a\n', 'ok'],
    ['INFO a\nWARNING b', 'warning'],
    ['FATAL a\n', 'critical'],
    ['', 'ok'],
  ])('reads standard input: %j is %s', async (stdin, status) => {
    const result = await sandbox.execute(module(PATH), 'default', { args: [PATH], stdin })
    expect(found(result)?.status).toBe(status)
  })

  it('reports that there is no such file where none is mounted', async () => {
    const result = await run(PATH, 'default', '/etc/passwd')
    expect(found(result)).toMatchObject({ status: 'unknown', value: null })
    expect(result.probe!.message).toMatch(/^\/etc\/passwd: cannot be read \(.+\)$/)
  })
})

describe('without the capability', () => {
  it.each([
    ['go/http-check', 'http_request'],
    ['assemblyscript/dns-check', 'dns_resolve'],
    ['c/tcp-latency', 'tcp_connect'],
    ['cpp/certificate-expiry', 'tls_certificate'],
  ])('%s is refused at admission', async (path, call) => {
    const { outcome, message, probe } = await sandbox.execute(module(path), 'default', { args: [path, 'probe.test:1'] })
    expect([outcome, probe]).toEqual(['refused', null])
    expect(message).toContain(`"${call}"`)
    expect(message).toContain('net')
  })
})
