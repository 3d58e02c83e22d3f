// gauntlet.h, for C and C++.
import { NATIVE_MODULE } from '../../../src/sandbox/host/abi/index.ts'
import { type Call, type Choice, calls, choices, errnos, NOTICE, type Shape, upper } from './model.ts'

const typeName = ({ name }: Choice) => `gauntlet_${name.replaceAll(' ', '_')}`

/** With a space or a star at its end, so that the name can follow. */
function type(shape: Shape): string {
  switch (shape.kind) {
    case 'text':
      return 'const char *'
    case 'bytes':
      return 'const void *'
    case 'length':
      return 'size_t '
    case 'room':
      return 'void *'
    case 'out':
      if (shape.to === 'certificate') return 'gauntlet_certificate *'
      return shape.yields === null ? `uint${shape.to.slice(1)}_t *` : 'gauntlet_handle *'
    case 'handle':
      return 'gauntlet_handle '
    case 'choice':
      return `${typeName(shape.choice)} `
    case 'number':
      return { i32: 'uint32_t ', i64: 'uint64_t ', f64: 'double ' }[shape.type]
  }
}

const enumeration = (choice: Choice) => `typedef enum {
${choice.values.map((value, number) => `  ${upper(typeName(choice))}_${upper(value)} = ${number},`).join('\n')}
} ${typeName(choice)};`

const declaration = ({ name, summary, parameters }: Call) => `/* ${summary} */
GAUNTLET_IMPORT(${name})
gauntlet_errno gauntlet_${name}(
${parameters.map((parameter) => `    ${type(parameter.shape)}${parameter.name}`).join(',\n')});`

export const header = (): string => `/* ${NOTICE.join('\n   ')} */
#ifndef GAUNTLET_H
#define GAUNTLET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GAUNTLET_IMPORT(name) __attribute__((__import_module__("${NATIVE_MODULE}"), __import_name__(#name)))

/* A text as the two parameters that a call takes for it. */
#define GAUNTLET_TEXT(text) (text), strlen(text)

/* A socket is a descriptor of WASI too: read, write and close take it. */
typedef uint32_t gauntlet_handle;

typedef enum {
${errnos.map(({ name, number }) => `  GAUNTLET_ERRNO_${upper(name)} = ${number},`).join('\n')}
} gauntlet_errno;

static inline const char *gauntlet_errno_name(gauntlet_errno error) {
  switch (error) {
${errnos.map(({ name }) => `    case GAUNTLET_ERRNO_${upper(name)}: return "${name}";`).join('\n')}
  }
  return "unknown";
}

${choices.map(enumeration).join('\n\n')}

/* Times in seconds since the epoch. */
typedef struct {
  uint64_t not_before;
  uint64_t not_after;
  uint32_t authorized;
  uint32_t padding;
} gauntlet_certificate;

${calls.map(declaration).join('\n\n')}

#ifdef __cplusplus
}
#endif

#endif
`
