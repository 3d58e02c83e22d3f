// A place for the broker's live directories and connections: a directory with something beside it that must stay there, and a server of our own.
import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SECRET = 'a canary that sings of what lies beside the mount'

const head = (status: string, ...headers: readonly string[]) => [`HTTP/1.1 ${status}`, ...headers, '', ''].join('\r\n')
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ['/redirect', head('302 Found', 'location: /', 'content-length: 0')],
  ['/out', head('302 Found', 'location: http://169.254.169.254/', 'content-length: 0')],
  ['/large', `${head('200 OK', 'content-length: 100000')}${'x'.repeat(100_000)}`],
])
const OTHER = `${head('200 OK', 'content-length: 5')}hello`

function serve(socket: Socket): void {
  socket.on('error', () => {})
  socket.once('data', (data) => socket.end(ANSWERS.get(data.toString('latin1').split(' ', 2)[1] ?? '') ?? OTHER))
}

export class Arena implements Disposable {
  readonly #above = mkdtempSync(join(tmpdir(), 'gauntlet-arena-'))
  readonly #server: Server
  readonly port: number

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    writeFileSync(join(this.#above, 'secret'), SECRET)
    // There is no other way in Node to make one.
    execFileSync('mkfifo', [join(this.#above, 'fifo')])
  }

  static async open(): Promise<Arena> {
    const server = createServer(serve)
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    // Whoever waits for something else is not kept by it.
    server.unref()
    return new Arena(server)
  }

  /** The directory that is mounted. */
  get mount(): string {
    return join(this.#above, 'mount')
  }

  /** What is nobody's to tell: the host's path, and what lies beside the mount. */
  get secrets(): readonly string[] {
    return [this.#above, SECRET]
  }

  /** The mount as it was at first. */
  reset(): void {
    const { mount } = this
    rmSync(mount, { recursive: true, force: true })
    mkdirSync(join(mount, 'dir'), { recursive: true })
    writeFileSync(join(mount, 'file'), 'a file')
    writeFileSync(join(mount, 'dir', 'inner'), 'another')
    symlinkSync('file', join(mount, 'link'))
    symlinkSync('dir', join(mount, 'dirlink'))
    symlinkSync('..', join(mount, 'out'))
    linkSync(join(this.#above, 'fifo'), join(mount, 'fifo'))
  }

  /** Whether what lies beside the mount is as it was. */
  get untouched(): boolean {
    return readFileSync(join(this.#above, 'secret'), 'utf8') === SECRET
  }

  [Symbol.dispose](): void {
    this.#server.close()
    rmSync(this.#above, { recursive: true, force: true })
  }
}
