// The WebAssembly JavaScript Interface, as far as this project uses it. TypeScript has it in its `dom` library only, whose browser globals
// would hide mistakes in code for Node.

declare namespace WebAssembly {
  type ImportExportKind = 'function' | 'global' | 'memory' | 'table' | 'tag'
  type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'externref' | 'anyfunc'
  interface ModuleExportDescriptor {
    name: string
    kind: ImportExportKind
  }
  interface ModuleImportDescriptor extends ModuleExportDescriptor {
    module: string
  }
  type ExportValue = ((...args: never[]) => unknown) | Global | Memory | Table | Tag
  type ImportValue = ExportValue | number | bigint
  type ModuleImports = Record<string, ImportValue>
  type Imports = Record<string, ModuleImports>
  type Exports = Record<string, ExportValue>
  type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer

  class Module {
    constructor(bytes: BufferSource, options?: { builtins?: string[]; importedStringConstants?: string })
    static exports(module: Module): ModuleExportDescriptor[]
    static imports(module: Module): ModuleImportDescriptor[]
    static customSections(module: Module, name: string): ArrayBuffer[]
  }
  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Exports
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(delta: number): number
  }
  class Table {
    constructor(descriptor: { element: 'anyfunc' | 'externref'; initial: number; maximum?: number })
    readonly length: number
    get(index: number): unknown
    set(index: number, value?: unknown): void
    grow(delta: number, value?: unknown): number
  }
  class Global {
    constructor(descriptor: { value: ValueType; mutable?: boolean }, value?: unknown)
    value: unknown
    valueOf(): unknown
  }
  class Tag {
    constructor(type: { parameters: ValueType[] })
  }
  class Exception extends Error {
    constructor(tag: Tag, payload: unknown[])
    is(tag: Tag): boolean
    getArg(tag: Tag, index: number): unknown
  }
  const JSTag: Tag | undefined
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function validate(bytes: BufferSource): boolean
  function compile(bytes: BufferSource): Promise<Module>
  function instantiate(bytes: BufferSource, imports?: Imports): Promise<{ module: Module; instance: Instance }>
  function instantiate(module: Module, imports?: Imports): Promise<Instance>
}
