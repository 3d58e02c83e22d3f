// http_*: what a guest asks is what the broker hears, and what the broker answers is what the guest finds in its memory.
import { describe, expect, it } from 'vitest'
import { NATIVE_ROWS, RECORD_TYPES } from '../../../../src/sandbox/host/abi/native.ts'
import { ERRNO } from '../../../../src/sandbox/host/errno.ts'
import { type CallHarness, harness } from '../../support/calls.ts'

const BODY = 4096
const OUT = 8192

/** Puts texts into the guest's memory one after the other; pointer and length of each. */
function put(made: CallHarness, ...texts: (string | Uint8Array)[]): number[] {
  let at = 64
  return texts.flatMap((text) => {
    const bytes = Buffer.from(text)
    made.bytes.set(bytes, at)
    at += bytes.length
    return [at - bytes.length, bytes.length]
  })
}
const request = (made: CallHarness, method = 'GET', url: string | Uint8Array = 'https://a.example/', headers = '', body = '') =>
  made.call('http_request', ...put(made, method, url, headers, body), 1500, OUT)

/** A broker with one response. */
function answering(made: CallHarness): void {
  made.broker = ({ operation }) => {
    if (operation === 'net.http') return { fields: { response: 77, status: 418 }, body: Buffer.from('a: b\nc: d\n') }
    if (operation === 'net.httpBody') return { body: Buffer.from('piece') }
    return {}
  }
}

describe('http_request', () => {
  it('hands the request over and gives a response', () => {
    const made = harness()
    answering(made)
    expect(request(made, 'POST', 'https://ä.example/', 'x: y\n', 'data')).toBe(ERRNO.success)
    expect(made.requests).toEqual([
      {
        operation: 'net.http',
        fields: { method: 'POST', url: 'https://ä.example/', headers: 'x: y\n', timeoutMs: 1500 },
        body: new Uint8Array(Buffer.from('data')),
      },
    ])
    // The handle's number is the guest's own, never the broker's.
    const fd = made.view.getUint32(OUT, true)
    expect(fd).toBe(3)
    expect(made.call('http_status', fd, OUT)).toBe(ERRNO.success)
    expect(made.view.getUint32(OUT, true)).toBe(418)
  })

  it('gives back the errno of a refusal, and opens nothing', () => {
    const made = harness()
    made.broker = () => ({ errno: ERRNO.acces })
    expect(request(made)).toBe(ERRNO.acces)
    expect(made.context.handles.all().length).toBe(3)
  })

  it('asks for nothing without a handle for the answer, or with text that is none', () => {
    const full = harness({ handles: 3 })
    expect(request(full)).toBe(ERRNO.mfile)
    const made = harness()
    expect(request(made, 'GET', new Uint8Array([0x68, 0xff]))).toBe(ERRNO.ilseq)
    expect(request(made, 'GET', 'https://a.example/\0')).toBe(ERRNO.inval)
    expect(made.call('http_request', ...put(made, 'GET', 'u', '', ''), 0, 65_534)).toBe(ERRNO.fault)
    expect(request(made, 'X'.repeat(17))).toBe(ERRNO.inval)
    expect([full.requests, made.requests]).toEqual([[], []])
  })
})

describe('a response', () => {
  function opened() {
    const made = harness()
    answering(made)
    request(made)
    return { made, fd: made.view.getUint32(OUT, true) }
  }

  it('has headers, given whole or not at all', () => {
    const { made, fd } = opened()
    expect(made.call('http_headers', fd, BODY, 9, OUT)).toBe(ERRNO.success)
    expect([made.view.getUint32(OUT, true), made.bytes[BODY]]).toEqual([10, 0])
    expect(made.call('http_headers', fd, BODY, 10, OUT)).toBe(ERRNO.success)
    expect(Buffer.from(made.bytes.slice(BODY, BODY + 10)).toString()).toBe('a: b\nc: d\n')
  })

  it('has a body, read on piece by piece and never more than a call can bring', () => {
    const { made, fd } = opened()
    expect(made.call('http_body', fd, BODY, 100, OUT)).toBe(ERRNO.success)
    expect(Buffer.from(made.bytes.slice(BODY, BODY + 6)).toString()).toBe('piece\0')
    expect(made.view.getUint32(OUT, true)).toBe(5)
    expect(made.requests.at(-1)).toEqual({ operation: 'net.httpBody', fields: { response: 77, max: 100 } })
    expect(made.call('http_body', fd, BODY, 0, OUT)).toBe(ERRNO.success)
    expect([made.view.getUint32(OUT, true), made.requests.length]).toEqual([0, 2])
    const large = harness({}, { pages: 40 })
    answering(large)
    request(large)
    expect(large.call('http_body', large.view.getUint32(OUT, true), 65_536, 39 * 65_536, OUT)).toBe(ERRNO.success)
    expect(large.requests.at(-1)!.fields).toEqual({ response: 77, max: 2 ** 20 })
  })

  it('is closed once, and is nothing that other calls know', () => {
    const { made, fd } = opened()
    for (const name of ['sock_shutdown', 'fd_close'])
      expect([name, made.call(name, fd, ...(name === 'fd_close' ? [] : [1]))]).toEqual([name, ERRNO.badf])
    expect(made.call('http_status', 1, OUT)).toBe(ERRNO.badf)
    expect(made.call('http_close', fd)).toBe(ERRNO.success)
    expect(made.requests.at(-1)).toEqual({ operation: 'net.httpClose', fields: { response: 77 } })
    expect([made.call('http_close', fd), made.call('http_status', fd, OUT), made.call('http_body', fd, BODY, 1, OUT)]).toEqual([
      8, 8, 8,
    ])
  })
})

describe('dns_resolve', () => {
  it('asks for one type of one name', () => {
    const made = harness()
    made.broker = () => ({ body: Buffer.from('192.0.2.1\n') })
    for (const [index, type] of RECORD_TYPES.entries()) {
      expect(made.call('dns_resolve', ...put(made, 'a.example'), index, BODY, 100, OUT)).toBe(ERRNO.success)
      expect(made.requests.at(-1)).toEqual({ operation: 'net.dns', fields: { name: 'a.example', type } })
    }
    expect(Buffer.from(made.bytes.slice(BODY, BODY + 10)).toString()).toBe('192.0.2.1\n')
    expect(made.call('dns_resolve', ...put(made, 'a.example'), RECORD_TYPES.length, BODY, 100, OUT)).toBe(ERRNO.inval)
    expect(made.call('dns_resolve', ...put(made, 'a.example'), -1, BODY, 100, OUT)).toBe(ERRNO.inval)
  })

  it('gives an answer whole or not at all', () => {
    const made = harness()
    made.broker = () => ({ body: Buffer.from('192.0.2.1\n') })
    expect(made.call('dns_resolve', ...put(made, 'a.example'), 0, BODY, 9, OUT)).toBe(ERRNO.success)
    expect([made.view.getUint32(OUT, true), made.bytes[BODY]]).toEqual([10, 0])
  })
})

describe('tls_certificate', () => {
  it('writes all of the layout', () => {
    const made = harness()
    made.broker = () => ({ fields: { notBefore: '1577836800', notAfter: '4733510400', authorized: true } })
    made.bytes.fill(0xaa, BODY, BODY + 30)
    expect(made.call('tls_certificate', ...put(made, 'a.example'), 443, 0, BODY)).toBe(ERRNO.success)
    expect(made.requests).toEqual([{ operation: 'net.certificate', fields: { host: 'a.example', port: 443, timeoutMs: 0 } }])
    expect([
      made.view.getBigUint64(BODY, true),
      made.view.getBigUint64(BODY + 8, true),
      made.view.getBigUint64(BODY + 16, true),
    ]).toEqual([1577836800n, 4733510400n, 1n])
    expect(made.bytes[BODY + 24]).toBe(0xaa)
  })
})

describe('without the capability', () => {
  it.each(NATIVE_ROWS.filter(({ capabilities }) => capabilities.includes('net')).map(({ name }) => name))(
    '%s ends the guest that calls it',
    (name) => {
      const made = harness({ net: false })
      expect(() => made.call(name, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toThrow()
      expect([made.requests, made.events[0]]).toEqual([
        [],
        expect.objectContaining({ type: 'syscall-blocked', hostCall: name, capability: 'net' }),
      ])
    },
  )
})
