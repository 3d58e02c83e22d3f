// Counts the uses of services while a run goes on, and says which of them fails.
import { type Failure, SERVICES, type Service, type Uses } from './plan.ts'

/** Names that are kept of each service; a run with more is a run all the same, and its later uses are only counted. */
const KEPT = 2_000

export class UseCounter {
  #uses: Record<Service, string[]> | null = null
  #failure: Failure | null = null
  #failed: string | null = null

  /** @param failure null: only counts */
  begin(failure: Failure | null): void {
    this.#uses = Object.fromEntries(SERVICES.map((service) => [service, [] as string[]])) as Record<Service, string[]>
    this.#failure = failure
    this.#failed = null
  }

  end(): { readonly uses: Uses; readonly failed: string | null } {
    const uses = this.#uses!
    this.#uses = null
    return { uses, failed: this.#failed }
  }

  /** Whether a run goes on. */
  get active(): boolean {
    return this.#uses !== null
  }

  /** One use of a service. @returns the error that it fails with, or null */
  use(service: Service, what: string): NodeJS.ErrnoException | null {
    const uses = this.#uses?.[service]
    if (!uses || uses.length >= KEPT) return null
    uses.push(what)
    const failure = this.#failure
    if (failure?.service !== service || failure.nth !== uses.length) return null
    this.#failed = `${service}: ${what} fails with ${failure.code}`
    return Object.assign(new Error(`${failure.code}: injected into ${what}`), { code: failure.code, syscall: what })
  }
}

/** The sandbox's own sources: what calls from elsewhere, such as the harness in the same process, does not count. */
const OWN = /[/\\](?:src|dist)[/\\]sandbox[/\\]/

/** Whether a run goes on and the sandbox is what calls, as far as the stack goes back. */
export function sandboxCalls(counter: UseCounter): boolean {
  if (!counter.active) return false
  const at = new Error().stack?.split('\n') ?? []
  return at.some((line) => OWN.test(line))
}
