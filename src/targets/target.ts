// A target: a sandbox under attack, behind one small interface. An adapter for another host is a file whose default export is a Target.

/** One call of an exported function, after instantiation. */
export interface CallStep {
  /** Name of the exported function. */
  readonly call: string
  /** i32/f32/f64 as number, i64 as bigint. */
  readonly args?: readonly (number | bigint)[]
  /** Made while the call before it is still under way, as an embedder with two tasks does. A host that cannot may make it afterwards. */
  readonly together?: boolean
}

/** A module that came to the same host before. */
export interface Earlier {
  readonly module: Uint8Array
  /** What somebody answered when they were asked for consent to it. Without an answer nobody was asked, and it was run. */
  readonly answer?: 'granted' | 'denied'
  readonly principal?: string
  /** Its own policy, in place of the run's. */
  readonly policy?: unknown
}

/** How a module comes to its host, for attacks on that way. */
export interface Supply {
  /** The policy as the text of a file, YAML or JSON, as it stands: in place of `policy` and `limits`. */
  readonly policyText?: string
  /** The module gets no more than its manifest asks for and somebody agreed to. `side`: text of the manifest beside it. */
  readonly manifest?: { readonly side?: string; readonly required?: boolean }
  /** Who vouches for the module, and on whose behalf it runs. */
  readonly principal?: string
  /** In their order. */
  readonly before?: readonly Earlier[]
  /** Directory of the host into which the files that the guest leaves are written. */
  readonly out?: string
  /** Workspace of an editor that shows what the guest logs, and opens the files that it names. */
  readonly editor?: string
}

/** JavaScript of an attacker in a layer of a host that has such layers, as if a guest had broken out of the engine there. */
export interface Breach {
  /** `bare`: no layer at all, a plain process in which nothing is refused; for twins. */
  readonly layer: 'cell' | 'jail' | 'bare'
  /** Body of an async function. What it returns is judged as standard output of the guest. */
  readonly script: string
}

/** What the target is asked to run. Limits are for the whole run; a target that cannot enforce one ignores it, and the oracles will say so. */
export interface TargetRun {
  readonly module: Uint8Array
  /** Calls made in order on one instance. The default is one call of `_start`, else of `run`, else of `main`; none if there is neither. */
  readonly calls?: readonly CallStep[]
  readonly stdin?: Uint8Array
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly limits: {
    readonly wallClockMs: number
    readonly cpuMs: number
    readonly memoryBytes: number
    readonly tableElements: number
    readonly outputBytes: number
  }
  /** Policy profile or overrides in the target's own words. Ours: a policy object; see src/sandbox/policy. Others may ignore it. */
  readonly policy?: unknown
  /** The way that the module comes. Ours only: which files another host reads, and whom it asks, we do not know. */
  readonly supply?: Supply
  /** Runs before the guest does. Only asked of our own sandbox, in its jails. */
  readonly breach?: Breach
  /** Name server that the guest's network calls are to use, `address:port`; for targets that grant a network. */
  readonly dnsServer?: string
}

/**
 * How a run ended, in words that every host can be mapped to.
 * `fault`: anything else, such as a raw host exception; oracles treat it as a violation.
 */
export const TARGET_OUTCOMES = ['completed', 'exited', 'trapped', 'refused', 'limit', 'terminated', 'fault'] as const
export type TargetOutcome = (typeof TARGET_OUTCOMES)[number]

export interface TargetResult {
  readonly outcome: TargetOutcome
  /** The target's own word for the outcome, e.g. `wall-clock-limit`. */
  readonly detail: string
  /** Everything the target told its embedder in words: error messages, event messages. Searched for canaries and for hostile text. */
  readonly messages: readonly string[]
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
  readonly exitCode: number | null
  /** What the last call returned, as strings. */
  readonly values: readonly string[]
  /** Types of the security events, for targets that have them. */
  readonly events: readonly string[]
  /** Decisions in the audit log as `<operation> allowed` or `denied`, for targets that have one. */
  readonly audit?: readonly string[]
  /** Milliseconds from the decision to end the guest to the certainty that it is gone, the longest of the run; for targets that measure it. */
  readonly killMs?: number
  /**
   * Why the run cannot be expressed on this host, in one sentence: said before anything was run, and then nothing is judged. For a foreign host only;
   * what our own sandbox is asked to do, it must answer for.
   */
  readonly inapplicable?: string
}

/** A number type of a function that a host offers for import. */
export type NumberType = 'i32' | 'i64' | 'f32' | 'f64'

/** A function that a host offers for import. */
export interface OfferedFunction {
  readonly module: string
  readonly name: string
  readonly parameters: readonly NumberType[]
  readonly results: readonly NumberType[]
  /** For hosts that keep texts for their guests: `allocate` takes a size and gives a place, `store-byte` takes a place and a byte. */
  readonly role?: 'allocate' | 'store-byte'
}

/** What a host takes for a guest. */
export const GUEST_LANGUAGES = ['webassembly', 'javascript'] as const
export type GuestLanguage = (typeof GUEST_LANGUAGES)[number]

/** What a guest leaves that a host may keep to itself: what it wrote, the code with which it exited, what its functions returned. */
export const WITHHELD = ['output', 'exit-code', 'values'] as const
export type Withheld = (typeof WITHHELD)[number]

/**
 * What a target may refuse to promise. `time`, `resident-memory`: limits. `waiting-host-calls`: host calls for which the guest has to wait, so that
 * it has neither network nor live directories.
 */
export const UNENFORCED = ['time', 'resident-memory', 'waiting-host-calls'] as const
export type Unenforced = (typeof UNENFORCED)[number]

export interface Target {
  /** Short stable name, e.g. `sandbox-jail`, `bare`. */
  readonly name: string
  /** What exactly is attacked, e.g. `wasm-gauntlet 0.1.0`. */
  readonly version: string
  /** True for our own sandbox: a violation decides the exit code. */
  readonly own?: boolean
  /**
   * What this target refuses to promise, so that attacks which only that can stop, or which need it, do not apply to it. Ours under `inline`, where the
   * policy must say so too. A target that promises a limit and does not keep it has no entry here, and is found out.
   */
  readonly unenforced?: readonly Unenforced[]
  /** What its guests are. Scripts come in `TargetRun.module` as UTF-8. Default: WebAssembly. */
  readonly guests?: GuestLanguage
  /** What it does not give to its embedder, so that attacks which are judged by that do not apply to it. */
  readonly withholds?: readonly Withheld[]
  /** Functions of its own that guests may import, beside WASI preview 1: the gauntlet calls them with values that they do not expect. */
  readonly offers?: readonly OfferedFunction[]
  /** Facts for the report, such as flags that are active. Asked once per run of the gauntlet. */
  describe?(): Promise<Readonly<Record<string, string>>>
  run(run: TargetRun): Promise<TargetResult>
  close?(): Promise<void>
}
