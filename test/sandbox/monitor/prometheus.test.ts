// The Prometheus exporter, read over HTTP as a scraper reads it.
import { get as httpGet, type IncomingMessage, request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import { ABI } from '../../../src/sandbox/host/abi/index.ts'
import { type MetricsEndpoint, prometheusMetrics, servePrometheus } from '../../../src/sandbox/monitor/prometheus.ts'
import { brokered, counts, ends, runs, watched } from './support.ts'

const WRITE = ABI.findIndex(({ name }) => name === 'fd_write')

let endpoint: MetricsEndpoint | null = null
afterEach(async () => {
  await endpoint?.close()
  endpoint = null
})

/** The text format, by series: `name{labels}` to value. Every line must be of the format. */
function parse(text: string): Map<string, number> {
  const series = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_]+ .+$/.test(line)) continue
    const match = /^([a-z_]+(?:\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})?) (\S+)$/.exec(line)
    if (!match) throw new Error(`not a line of the text format: ${line}`)
    series.set(match[1]!, Number(match[2]))
  }
  return series
}

const scrape = async () => parse(await (await fetch(endpoint!.url)).text())

/** An answer to a request that may say something else than the address in its Host field. */
const ask = (url: string, options: { method?: string; host?: string } = {}) =>
  new Promise<{ status: number | undefined; body: string; headers: IncomingMessage['headers'] }>((resolve, reject) => {
    const { method = 'GET', host } = options
    const asked = request(url, { method, headers: host === undefined ? {} : { host } }, async (response) => {
      let body = ''
      for await (const chunk of response) body += chunk
      resolve({ status: response.statusCode, body, headers: response.headers })
    })
    asked.on('error', reject)
    asked.end()
  })

describe('the figures', () => {
  it('are those of the monitor at each scrape', async () => {
    const { monitor, enter } = watched({ alerts: [{ metric: 'cpuMs', at: 0.001 }] })
    endpoint = await servePrometheus(monitor)
    const { monitor: a, left } = enter('a', 'alice')
    a.beginActivation()
    a.wrote(7)
    for (const milliseconds of [1, 20]) a.brokered(brokered({ milliseconds }))
    a.brokered(brokered({ operation: 'net.http', errno: 'acces', usage: { networkBytes: 99, networkRequests: 4 } }))
    ends(a, {
      ...{ cpuMs: 1500, peakResidentBytes: 2 ** 20, memoryBytes: 65_536 },
      counts: counts({ calls: [[WRITE, 2, 30, 8]], handles: { open: 3, peak: 5 }, fuel: 77 }),
      events: [{ type: 'audit-failed', severity: 'high', message: 'm' }],
    })
    const all = await scrape()
    const expected = {
      wasm_gauntlet_instances: 1,
      wasm_gauntlet_instances_created_total: 1,
      'wasm_gauntlet_activations_total{outcome="completed"}': 1,
      wasm_gauntlet_cpu_time_seconds_total: 1.5,
      wasm_gauntlet_output_io_bytes_total: 7,
      wasm_gauntlet_network_io_bytes_total: 99,
      wasm_gauntlet_network_requests_total: 4,
      'wasm_gauntlet_security_events_total{type="audit-failed"}': 1,
      'wasm_gauntlet_alerts_total{quota="cpuMs"}': 1,
      'wasm_gauntlet_host_calls_total{host_call="fd_write"}': 2,
      'wasm_gauntlet_host_call_io_bytes_total{host_call="fd_write",direction="from_guest"}': 30,
      'wasm_gauntlet_operations_total{operation="kv.get"}': 2,
      'wasm_gauntlet_operation_errors_total{operation="net.http"}': 1,
      'wasm_gauntlet_operation_errors_total{operation="kv.get"}': 0,
      'wasm_gauntlet_operation_duration_seconds_bucket{le="0.001",operation="kv.get"}': 1,
      'wasm_gauntlet_operation_duration_seconds_bucket{le="0.025",operation="kv.get"}': 2,
      'wasm_gauntlet_operation_duration_seconds_bucket{le="+Inf",operation="kv.get"}': 2,
      'wasm_gauntlet_operation_duration_seconds_sum{operation="kv.get"}': 0.021,
      wasm_gauntlet_cpu_time_peak_seconds: 1.5,
      wasm_gauntlet_resident_memory_peak_bytes: 2 ** 20,
      wasm_gauntlet_linear_memory_peak_bytes: 65_536,
      wasm_gauntlet_handles_peak: 5,
      wasm_gauntlet_fuel_total: 77,
    }
    for (const [name, value] of Object.entries(expected)) expect([name, all.get(name)]).toEqual([name, value])
    expect([...all.keys()].filter((name) => name.includes('principal') || name.includes('alice'))).toEqual([])
    runs(a, { cpuMs: 500 })
    left()
    const later = await scrape()
    expect(later.get('wasm_gauntlet_cpu_time_seconds_total')).toBe(2)
    expect(later.get('wasm_gauntlet_instances')).toBe(0)
    expect(later.get('wasm_gauntlet_activations_total{outcome="completed"}')).toBe(2)
  })

  it('of principals, if asked for, and of no more than asked for; their names are escaped', async () => {
    const { monitor, enter } = watched()
    endpoint = await servePrometheus(monitor, { principals: 2 })
    const strange = 'quote " back \\ line\nend'
    for (const principal of [strange, 'second', 'third']) runs(enter(principal, principal).monitor, { cpuMs: 1000 })
    await scrape()
    runs(enter('again', 'third').monitor)
    const names = [...(await scrape()).entries()].filter(([name]) => name.startsWith('wasm_gauntlet_principal_cpu'))
    expect(names).toEqual([
      ['wasm_gauntlet_principal_cpu_time_seconds_total{principal="quote \\" back \\\\ line\\nend"}', 1],
      ['wasm_gauntlet_principal_cpu_time_seconds_total{principal="second"}', 1],
    ])
  })

  it('go into a registry of the embedder’s, once', async () => {
    const { monitor } = watched()
    const registry = new Registry()
    expect(prometheusMetrics(monitor, { registry })).toBe(registry)
    expect(await registry.metrics()).toContain('# TYPE wasm_gauntlet_operation_duration_seconds histogram')
    expect(() => prometheusMetrics(monitor, { registry })).toThrow('give each sandbox a registry of its own')
  })
})

describe('the endpoint', () => {
  it('listens on loopback only, and answers nothing but GET and HEAD of /metrics', async () => {
    endpoint = await servePrometheus(watched().monitor)
    const { url, port } = endpoint
    expect(url).toBe(`http://127.0.0.1:${port}/metrics`)
    const found = await ask(url)
    expect([found.status, found.headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
    expect(await ask(url, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect((await ask(`${url}?a=b`)).status).toBe(200)
    expect((await ask(url, { method: 'POST' })).status).toBe(405)
    expect((await ask(`http://127.0.0.1:${port}/`)).status).toBe(404)
    expect((await ask(`http://127.0.0.1:${port}/metrics/../x`)).status).toBe(404)
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address && !address.internal && address.family === 'IPv4')
    if (outside) await expect(ask(`http://${outside.address}:${port}/metrics`)).rejects.toThrow('ECONNREFUSED')
  })

  it('answers no page of a host name that was pointed at it', async () => {
    endpoint = await servePrometheus(watched().monitor)
    for (const host of ['attacker.example', '127.0.0.1.attacker.example', 'localhost.attacker.example'])
      expect((await ask(endpoint.url, { host })).status).not.toBe(200)
    for (const host of ['localhost', `localhost:${endpoint.port}`, '127.0.0.1', `[::1]:${endpoint.port}`])
      expect((await ask(endpoint.url, { host })).status).toBe(200)
  })

  it('says that the metrics could not be collected, and nothing of why', async () => {
    const { monitor } = watched()
    const registry = new Registry()
    endpoint = await servePrometheus(monitor, { registry })
    monitor.totals = () => {
      throw new Error('secret')
    }
    const { status, body } = await ask(endpoint.url)
    expect([status, body]).toEqual([500, 'The metrics could not be collected.\n'])
  })

  it('closes in the middle of a connection, and listens to the monitor no more', async () => {
    const { monitor, enter } = watched()
    const registry = new Registry()
    endpoint = await servePrometheus(monitor, { registry })
    const open = httpGet(endpoint.url, { agent: false, headers: { connection: 'keep-alive' } })
    open.on('error', () => {})
    await new Promise((resolve) => open.once('response', (response) => resolve(response.resume())))
    await endpoint.close()
    enter('a').monitor.brokered(brokered())
    expect(await registry.getSingleMetricAsString('wasm_gauntlet_operation_duration_seconds')).not.toContain('kv.get')
    await expect(ask(endpoint.url)).rejects.toThrow()
  })

  it('says so if its port is taken', async () => {
    endpoint = await servePrometheus(watched().monitor)
    await expect(servePrometheus(watched().monitor, { port: endpoint.port })).rejects.toThrow('EADDRINUSE')
  })
})
