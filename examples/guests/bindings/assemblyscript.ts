// Raw declarations for AssemblyScript, whose compiler takes the import's module from the name of the file that declares it.
import { ABI, NATIVE_MODULE, WASI_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { type Call, type Choice, calls, camel, choices, errnos, NOTICE, pascal, type Shape } from './model.ts'

function type(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
    case 'bytes':
    case 'room':
    case 'out':
    case 'length':
      return 'usize'
    case 'handle':
      return 'u32'
    case 'choice':
      return pascal(shape.choice.name)
    case 'number':
      return { i32: 'u32', i64: 'u64', f64: 'f64' }[shape.type]
  }
}

/** In the style of the project's formatter: on one line if it fits. */
function declare(name: string, parameters: readonly (readonly [name: string, type: string])[], result: string): string {
  const list = parameters.map(([name, type]) => `${asName(name)}: ${type}`)
  const line = `export declare function ${name}(${list.join(', ')}): ${result}`
  return line.length <= 130 ? line : `export declare function ${name}(\n${list.map((one) => `  ${one},\n`).join('')}): ${result}`
}
/** `type` and `in` are keywords. */
const asName = (name: string) => (name === 'type' ? 'recordType' : name === 'in' ? 'subscriptions' : camel(name))

const declaration = ({ name, summary, parameters }: Call) =>
  `/** ${summary} */\n${declare(
    name,
    parameters.map((parameter) => [parameter.name, type(parameter.shape)]),
    'Errno',
  )}`

const enumeration = ({ name, values }: Choice) =>
  `export enum ${pascal(name)} {\n${values.map((value, number) => `  ${pascal(value)} = ${number},`).join('\n')}\n}`

/** TypeScript itself must not check the file: its types are AssemblyScript's. */
const NOCHECK = '// @ts-nocheck: the types are those of AssemblyScript.'

export const native = (): string => `${NOTICE.map((line) => `// ${line}`).join('\n')}
// The compiler takes the name of the namespace from the name of this file.
${NOCHECK}

export enum Errno {
${errnos.map(({ name, number }) => `  ${pascal(name)} = ${number},`).join('\n')}
}

export function errnoName(errno: Errno): string {
  switch (errno) {
${errnos.map(({ name }) => `    case Errno.${pascal(name)}:\n      return '${name}'`).join('\n')}
  }
  return 'unknown'
}

${choices.map(enumeration).join('\n\n')}

${calls.map(declaration).join('\n\n')}
`

/** All calls of preview 1: AssemblyScript's library has none of them. */
export const wasi =
  (): string => `// The calls of ${WASI_MODULE}. Written by examples/guests/bindings.ts from the table of host calls; do not edit.
// The compiler takes the name of the module from the name of this file.
${NOCHECK}

${ABI.filter((entry) => entry.module === WASI_MODULE)
  .map(
    ({ name, summary, parameters, result }) =>
      `/** ${summary} */\n${declare(
        name,
        parameters.map((parameter) => [parameter.name, { i32: 'u32', i64: 'u64', f64: 'f64' }[parameter.type]]),
        result === 'never' ? 'void' : 'u32',
      )}`,
  )
  .join('\n\n')}
`

export { NATIVE_MODULE, WASI_MODULE }
