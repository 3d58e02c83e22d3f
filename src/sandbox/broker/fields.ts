// Reads the fields of a request as if an attacker had written them: a guest that broke out of its engine would sit where requests come from.
//
// By hand and not with the schema library, for the reason that isolation/jail-frames.ts gives: this runs in hosts with a polluted prototype.

/** A request that no cell of the sandbox sends. The jail that sent it is ended. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest'
}

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #unread: Set<string>

  /** @throws {BadRequest} unless it is a plain JSON object */
  constructor(value: unknown) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new BadRequest('the fields are no object')
    this.#values = value as Record<string, unknown>
    this.#unread = new Set(Object.keys(value))
  }

  #take(name: string): unknown {
    if (!this.#unread.delete(name)) throw new BadRequest(`the field ${name} is missing`)
    return this.#values[name]
  }

  /** @param max in UTF-16 code units */
  text(name: string, max: number): string {
    const value = this.#take(name)
    if (typeof value !== 'string' || value.length > max) throw new BadRequest(`the field ${name} is no text of at most ${max}`)
    return value
  }

  integer(name: string, min: number, max: number): number {
    const value = this.#take(name)
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max)
      throw new BadRequest(`the field ${name} is no whole number from ${min} to ${max}`)
    return value
  }

  /** 64 bits travel as decimal digits: JSON has no bigint. */
  u64(name: string): bigint {
    const digits = this.text(name, 20)
    const value = /^\d{1,20}$/.test(digits) ? BigInt(digits) : -1n
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new BadRequest(`the field ${name} is no 64-bit number`)
    return value
  }

  /** An object within. @throws {BadRequest} unless it is one */
  nested(name: string): Fields {
    return new Fields(this.#take(name))
  }

  flag(name: string): boolean {
    const value = this.#take(name)
    if (typeof value !== 'boolean') throw new BadRequest(`the field ${name} is neither true nor false`)
    return value
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.#take(name)
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw new BadRequest(`the field ${name} is none of its choices`)
    return found
  }

  /** @throws {BadRequest} if there is a field that was not read */
  end(): void {
    if (this.#unread.size > 0) throw new BadRequest('there are fields that the operation does not have')
  }
}
