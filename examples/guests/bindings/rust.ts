// gauntlet.rs: the raw declarations, and over each a safe function.
import { NATIVE_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { type Call, type Choice, calls, choices, errnos, NOTICE, pascal, type Shape, upper } from './model.ts'

function rawType(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
    case 'bytes':
      return '*const u8'
    case 'length':
      return 'usize'
    case 'room':
      return '*mut u8'
    case 'out':
      return `*mut ${outType(shape.to)}`
    case 'handle':
      return 'u32'
    case 'choice':
      return pascal(shape.choice.name)
    case 'number':
      return { i32: 'u32', i64: 'u64', f64: 'f64' }[shape.type]
  }
}
const outType = (to: 'u32' | 'u64' | 'certificate') => (to === 'certificate' ? 'Certificate' : to)

/** Lengths are those of slices, and where answers go are return values: neither is a parameter of the safe function. */
function safeType(shape: Shape): string | null {
  switch (shape.kind) {
    case 'text':
      return '&str'
    case 'bytes':
      return '&[u8]'
    case 'room':
      return '&mut [u8]'
    case 'length':
    case 'out':
      return null
    default:
      return rawType(shape)
  }
}

function safe({ name, summary, parameters: declared }: Call): string {
  const parameters = declared.map(({ name, shape }) => ({ name: rustName(name), shape }))
  const outs = parameters.flatMap(({ name, shape }) => (shape.kind === 'out' ? [{ name, to: shape.to }] : []))
  const signature = parameters.flatMap(({ name, shape }) => (safeType(shape) === null ? [] : [`${name}: ${safeType(shape)}`]))
  const passed = parameters.map(({ name, shape }) => {
    switch (shape.kind) {
      case 'text':
      case 'bytes':
        return `${name}.as_ptr()`
      case 'room':
        return `${name}.as_mut_ptr()`
      case 'length':
        return `${name.replace(/_len$/, '')}.len()`
      case 'out':
        return `&mut ${name}`
      default:
        return name
    }
  })
  const tuple = (parts: readonly string[]) => (parts.length === 1 ? parts[0]! : `(${parts.join(', ')})`)
  const lines = [
    ...outs.map(({ name, to }) => `let mut ${name} = ${to === 'certificate' ? 'Certificate::default()' : `0${to}`};`),
    `check(unsafe { raw::${name}(${passed.join(', ')}) })?;`,
    `Ok(${tuple(outs.map(({ name }) => name))})`,
  ]
  const plain = outs.length === 0 ? [`check(unsafe { raw::${name}(${passed.join(', ')}) })`] : lines
  return `/// ${summary}
pub fn ${name}(${signature.join(', ')}) -> Result<${tuple(outs.map(({ to }) => outType(to)))}> {
    ${plain.join('\n    ')}
}`
}

const enumeration = ({ name, values }: Choice) => `#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ${pascal(name)} {
${values.map((value, number) => `    ${pascal(value)} = ${number},`).join('\n')}
}`
/** `type` is a keyword. */
const rustName = (name: string) => (name === 'type' ? 'record_type' : name)

export const source = (): string => `${NOTICE.map((line) => `// ${line}`).join('\n')}
#![allow(dead_code)]

pub type Result<T> = core::result::Result<T, Errno>;

#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub u32);

impl Errno {
${errnos.map(({ name, number }) => `    pub const ${upper(name)}: Errno = Errno(${number});`).join('\n')}

    pub fn name(self) -> &'static str {
        match self {
${errnos.map(({ name }) => `            Errno::${upper(name)} => "${name}",`).join('\n')}
            _ => "unknown",
        }
    }
}

impl core::fmt::Debug for Errno {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.name())
    }
}

${choices.map(enumeration).join('\n\n')}

/// Times in seconds since the epoch.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Certificate {
    pub not_before: u64,
    pub not_after: u64,
    pub authorized: u32,
    padding: u32,
}

fn check(errno: u32) -> Result<()> {
    if errno == 0 { Ok(()) } else { Err(Errno(errno)) }
}

${calls.map(safe).join('\n\n')}

pub mod raw {
    use super::*;

    #[link(wasm_import_module = "${NATIVE_MODULE}")]
    extern "C" {
${calls
  .map(
    ({ name, parameters }) =>
      `        pub fn ${name}(\n${parameters.map((parameter) => `            ${rustName(parameter.name)}: ${rawType(parameter.shape)},`).join('\n')}\n        ) -> u32;`,
  )
  .join('\n')}
    }
}
`
