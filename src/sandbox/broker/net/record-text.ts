// DNS records in the text form of zone files (RFC 1035 5.1): the data of a record, without name, class and lifetime.
import type { CaaRecord } from 'node:dns'
import type { Resolver } from 'node:dns/promises'
import type { RecordType } from './resolver.ts'

/** What has a meaning in zone files, and whatever is no visible ASCII, is escaped: an answer cannot make a second line of itself. */
const escaped = (text: string, special: RegExp) =>
  [...Buffer.from(text, 'latin1')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      if (byte < 0x20 || byte > 0x7e) return `\\${String(byte).padStart(3, '0')}`
      return special.test(character) ? `\\${character}` : character
    })
    .join('')
const quoted = (text: string) => `"${escaped(text, /["\\]/)}"`
const domain = (name: string) => `${escaped(name.replace(/\.$/, ''), /[\s"();@$]/).replaceAll(' ', '\\032')}.`

export async function recordTexts(resolver: Resolver, name: string, type: RecordType): Promise<string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name)
    case 'AAAA':
      return resolver.resolve6(name)
    case 'CNAME':
      return (await resolver.resolveCname(name)).map(domain)
    case 'NS':
      return (await resolver.resolveNs(name)).map(domain)
    case 'PTR':
      return (await resolver.resolvePtr(name)).map(domain)
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${domain(exchange)}`)
    case 'SRV':
      return (await resolver.resolveSrv(name)).map((srv) => `${srv.priority} ${srv.weight} ${srv.port} ${domain(srv.name)}`)
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((strings) => strings.map(quoted).join(' '))
    case 'CAA':
      return (await resolver.resolveCaa(name)).flatMap(caa)
    case 'SOA': {
      const soa = await resolver.resolveSoa(name)
      const numbers = [soa.serial, soa.refresh, soa.retry, soa.expire, soa.minttl]
      return [`${domain(soa.nsname)} ${domain(soa.hostmaster)} ${numbers.join(' ')}`]
    }
  }
}

/** Node gives the tag as a property beside `critical`. */
const caa = (record: CaaRecord): string[] =>
  Object.entries(record).flatMap(([tag, value]) =>
    tag === 'critical' || tag === 'type' ? [] : [`${record.critical} ${escaped(tag, /[\s"\\]/)} ${quoted(String(value))}`],
  )
