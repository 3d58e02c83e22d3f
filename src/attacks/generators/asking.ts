// Guests that ask the network what they are told to, and the servers that answer.
import type { SettingResponse } from '../setting.ts'
import { checked, importsOf, type Wanted } from './guest.ts'

/** One question of a guest, and whether it must be answered. */
export type Ask =
  | { readonly ask: 'http'; readonly url: string; readonly headers?: string; readonly method?: string }
  | { readonly ask: 'tcp'; readonly host: string; readonly port: string }
  | { readonly ask: 'dns'; readonly name: string }

/** Ends a field of the input; stands in no question. */
const MARK = 0x01
export const fieldsOf = (ask: Ask): readonly string[] =>
  ask.ask === 'http' ? [ask.method ?? 'GET', ask.url, ask.headers ?? ''] : ask.ask === 'tcp' ? [ask.host, ask.port] : [ask.name]

const CALLS: Readonly<Record<Ask['ask'], string>> = {
  http: `(call $http_request (call $field) (call $field) (call $field) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 16))`,
  tcp: `(call $tcp_connect (call $field) (call $number (call $field)) (i32.const 0) (i32.const 24) (i32.const 16))`,
  dns: `(call $dns_resolve (call $field) (i32.const 0) (i32.const 256) (i32.const 512) (i32.const 20))`,
}

/** Ports are known in the trial only, so what is asked comes over standard input, field by field; exits with the number of the first wrong answer. */
export const asking = (asks: readonly (readonly [Ask, Wanted])[]) => ({
  stdin: new TextEncoder().encode(
    asks.flatMap(([ask]) => fieldsOf(ask).map((text) => `${text}${String.fromCharCode(MARK)}`)).join(''),
  ),
  wat: `(module ${importsOf('fd_read', 'proc_exit', 'http_request', 'tcp_connect', 'dns_resolve')}
    (memory (export "memory") 1)
    (data (i32.const 0) "\\00\\04\\00\\00\\00\\f0\\00\\00")
    (global $at (mut i32) (i32.const 1024))
    (func $field (result i32 i32) (local $from i32)
      (local.set $from (global.get $at))
      (block $found (loop $next
        (br_if $found (i32.eq (i32.load8_u (global.get $at)) (i32.const ${MARK})))
        (global.set $at (i32.add (global.get $at) (i32.const 1)))
        (br $next)))
      (local.get $from) (i32.sub (global.get $at) (local.get $from))
      (global.set $at (i32.add (global.get $at) (i32.const 1))))
    (func $number (param $from i32) (param $length i32) (result i32) (local $sum i32)
      (block $done (loop $digits
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $sum (i32.sub (i32.add (i32.mul (local.get $sum) (i32.const 10)) (i32.load8_u (local.get $from))) (i32.const 48)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $digits)))
      (local.get $sum))
    (func (export "_start")
      (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      ${asks.map(([ask, wanted], i) => checked(i + 1, CALLS[ask.ask], wanted)).join('\n')}
      (call $proc_exit (i32.const 0))))`,
})

export const answer = (own: Partial<SettingResponse>): SettingResponse => ({
  status: 200,
  headers: {},
  body: '',
  delayMs: 0,
  ...own,
})
export const SECRET = { responses: [answer({ body: '{secret}' })] }
/** A call that waits for an answer that never comes must not take the trial's time. */
export const QUOTAS = { hostCallMs: '3s' }
export const netPolicy = (net: object) => ({ policy: { quotas: QUOTAS, capabilities: { net } } })
