// Types of the part of cli-progress that is used here; the package has none of its own.
declare module 'cli-progress' {
  export interface Options {
    readonly format?: string
    readonly stream?: NodeJS.WritableStream
    readonly hideCursor?: boolean
    readonly clearOnComplete?: boolean
    readonly barsize?: number
    readonly linewrap?: boolean
  }
  export class SingleBar {
    constructor(options: Options)
    start(total: number, startValue: number, payload?: Readonly<Record<string, unknown>>): void
    update(value: number, payload?: Readonly<Record<string, unknown>>): void
    setTotal(total: number): void
    stop(): void
  }
  const progress: { readonly SingleBar: typeof SingleBar }
  export default progress
}
