// Name lookup for guests: allowed names only, answers in the form of zone files, internal addresses left out (attack class NET-17).
import { describe, expect, it } from 'vitest'
import { a, aaaa, addresses, domainName, fakeDns, u16, u32, type Zone } from '../../support/fake-dns.ts'
import { netHarness } from '../../support/net.ts'

const text = (...strings: string[]) =>
  Buffer.concat(strings.map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one, 'latin1')])))

const RECORDS: Readonly<Record<string, readonly Uint8Array[]>> = {
  A: [a('8.8.8.8'), a('8.8.4.4')],
  AAAA: [aaaa('2606:4700:0:0:0:0:0:1111')],
  CNAME: [domainName('other.test')],
  NS: [domainName('ns1.test'), domainName('ns2.test')],
  PTR: [domainName('host.test')],
  MX: [Buffer.concat([u16(10), domainName('mail.test')])],
  SRV: [Buffer.concat([u16(1, 2, 8080), domainName('srv.test')])],
  TXT: [text('v=spf1 -all'), text('a"b\\c\nd\xe9', 'second')],
  CAA: [Buffer.concat([Buffer.from([128, 5]), Buffer.from('issueca.test; x=1')])],
  SOA: [Buffer.concat([domainName('ns1.test'), domainName('admin.test'), u32(2024010101, 7200, 3600, 1209600, 300)])],
}
const zone: Zone = (name, type) => (name.endsWith('all.test') || name.endsWith('.arpa') ? (RECORDS[type] ?? []) : null)
const GRANT = { dns: { allow: ['*.test', 'all.test', '*.in-addr.arpa', '*.ip6.arpa'], deny: ['denied.test'] } }

describe('a lookup', () => {
  it.each([
    ['A', '8.8.8.8\n8.8.4.4\n'],
    ['AAAA', '2606:4700::1111\n'],
    ['CNAME', 'other.test.\n'],
    ['NS', 'ns1.test.\nns2.test.\n'],
    ['MX', '10 mail.test.\n'],
    ['SRV', '1 2 8080 srv.test.\n'],
    ['TXT', '"v=spf1 -all"\n"a\\"b\\\\c\\010d\\233" "second"\n'],
    ['CAA', '128 issue "ca.test; x=1"\n'],
    ['SOA', 'ns1.test. admin.test. 2024010101 7200 3600 1209600 300\n'],
  ])('of %s gives the records in the form of zone files', async (type, expected) => {
    await using dns = await fakeDns(zone)
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect(await net.ask('net.dns', { name: 'ALL.test.', type })).toMatchObject({ errno: 'success', text: expected })
    expect(dns.questions).toEqual([`${type} all.test`])
    expect(net.decisions()).toEqual(['allowed all.test'])
  })

  it('that is refused causes no query', async () => {
    await using dns = await fakeDns(zone)
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    for (const [name, errno] of [
      ['all.evil', 'acces'],
      ['denied.test', 'acces'],
      ['secret.all.evil.', 'acces'],
      ['127.0.0.1', 'inval'],
      ['0x7f.1', 'inval'],
      ['::1', 'inval'],
      ['', 'inval'],
      ['a b.test', 'inval'],
      [`${'a'.repeat(64)}.test`, 'inval'],
      ['a\0.test', 'inval'],
    ] as const)
      expect([name, (await net.ask('net.dns', { name, type: 'A' })).errno]).toEqual([name, errno])
    expect(dns.questions).toEqual([])
    expect(
      net.events.every((event) => event.type === 'network-access' && !event.allowed && event.hostCall === 'dns_resolve'),
    ).toBe(true)
  })

  it('leaves out addresses that the guest may not connect to, and a name that has no others does not exist', async () => {
    const names = { 'mixed.test': ['8.8.8.8', '10.0.0.1'], 'inside.test': ['10.0.0.1', '192.168.1.1'] }
    await using dns = await fakeDns(addresses(names))
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    expect(await net.ask('net.dns', { name: 'mixed.test', type: 'A' })).toMatchObject({ errno: 'success', text: '8.8.8.8\n' })
    expect(await net.ask('net.dns', { name: 'inside.test', type: 'A' })).toMatchObject({ errno: 'noent', text: '' })
    expect(await net.ask('net.dns', { name: 'missing.test', type: 'A' })).toMatchObject({ errno: 'noent', text: '' })
    await using granted = netHarness({ ...GRANT, addresses: { allow: ['10.0.0.0/8'] } }, { dnsServers: [dns.server] })
    expect(await granted.ask('net.dns', { name: 'inside.test', type: 'A' })).toMatchObject({
      errno: 'success',
      text: '10.0.0.1\n',
    })
  })

  it('of the name of an address is one only for addresses that the guest may connect to', async () => {
    await using dns = await fakeDns(zone)
    await using net = netHarness(GRANT, { dnsServers: [dns.server] })
    const ptr = async (name: string) => (await net.ask('net.dns', { name, type: 'PTR' })).errno
    expect(await ptr('8.8.8.8.in-addr.arpa')).toBe('success')
    expect(await ptr('1.0.0.10.in-addr.arpa')).toBe('acces')
    expect(await ptr('1.0.0.010.in-addr.arpa')).toBe('acces')
    expect(await ptr(`1.${'0.'.repeat(31)}ip6.arpa`)).toBe('acces')
    expect(await ptr(`1.1.1.1.${'0.'.repeat(20)}0.0.7.4.6.0.6.2.ip6.arpa`)).toBe('success')
    expect(dns.questions.length).toBe(2)
  })

  it('counts as a request', async () => {
    await using dns = await fakeDns(zone)
    await using net = netHarness(GRANT, { dnsServers: [dns.server], quotas: { networkRequests: 2 } })
    const errnos = []
    for (let i = 0; i < 3; i++) errnos.push((await net.ask('net.dns', { name: 'all.test', type: 'A' })).errno)
    expect([errnos, dns.questions.length]).toEqual([['success', 'success', 'dquot'], 2])
  })

  it('ends at the deadline', async () => {
    await using dns = await fakeDns(() => 'silence')
    await using net = netHarness(GRANT, { dnsServers: [dns.server], deadlineMs: 200 })
    const began = performance.now()
    expect((await net.ask('net.dns', { name: 'all.test', type: 'A' })).errno).toBe('timedout')
    expect(performance.now() - began).toBeLessThan(1500)
  })

  it('is not granted with HTTP or TCP', async () => {
    await using net = netHarness({ http: { allow: ['https://*'] }, tcp: { allow: ['*:*'] } })
    expect((await net.ask('net.dns', { name: 'example.org', type: 'A' })).errno).toBe('notcapable')
  })
})
