// gauntlet.go: one exported function for each call. Go passes a string as pointer and length by itself.
import { NATIVE_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { type Call, type Choice, calls, camel, choices, errnos, NOTICE, type Parameter, pascal, type Shape } from './model.ts'

const INITIALISMS = /^(?:http|dns|tcp|tls|kv)_/
const functionName = (name: string) => pascal(name.replace(INITIALISMS, (prefix) => prefix.toUpperCase()))

function type(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return 'string'
    case 'bytes':
    case 'room':
      return '*byte'
    case 'length':
      return 'uint32'
    case 'out':
      return shape.to === 'certificate' ? '*Certificate' : `*${shape.to.replace('u', 'uint')}`
    case 'handle':
      return 'uint32'
    case 'choice':
      return pascal(shape.choice.name)
    case 'number':
      return { i32: 'uint32', i64: 'uint64', f64: 'float64' }[shape.type]
  }
}

/** A parameter named like a keyword or a predeclared type of the language would hide it. */
const goName = (name: string) => (name === 'type' ? 'recordType' : camel(name))

function declaration({ name, summary, parameters }: Call): string {
  const own = parameters.filter(
    ({ shape }: Parameter, index) => !(shape.kind === 'length' && parameters[index - 1]?.shape.kind === 'text'),
  )
  return `// ${functionName(name)}: ${summary}
//
//go:wasmimport ${NATIVE_MODULE} ${name}
//go:noescape
func ${functionName(name)}(${own.map((parameter) => `${goName(parameter.name)} ${type(parameter.shape)}`).join(', ')}) Errno`
}

/** One line for each constant, in gofmt's columns. */
function constants(type: string, members: readonly (readonly [name: string, number: number])[]): string {
  const width = Math.max(...members.map(([name]) => name.length))
  return members.map(([name, number]) => `\t${name.padEnd(width)} ${type} = ${number}`).join('\n')
}

const enumeration = ({ name, values }: Choice) => `type ${pascal(name)} uint32

const (
${constants(
  pascal(name),
  values.map((value, number) => [`${pascal(name)}${pascal(value)}`, number]),
)}
)`

const errnoName = (name: string) => `Errno${pascal(name)}`

export const source = (): string => `${NOTICE.map((line) => `// ${line}`).join('\n')}

// Package gauntlet is the native namespace of the sandbox.
package gauntlet

import "structs"

// Errno is the answer of every call, and an error unless it is 0.
type Errno uint32

const (
${constants(
  'Errno',
  errnos.map(({ name, number }) => [errnoName(name), number]),
)}
)

func (errno Errno) Error() string {
\tswitch errno {
${errnos.map(({ name }) => `\tcase ${errnoName(name)}:\n\t\treturn "${name}"`).join('\n')}
\t}
\treturn "unknown"
}

${choices.map(enumeration).join('\n\n')}

// Certificate has times in seconds since the epoch.
type Certificate struct {
\t_          structs.HostLayout
\tNotBefore  uint64
\tNotAfter   uint64
\tAuthorized uint32
\t_          uint32
}

${calls.map(declaration).join('\n\n')}
`
