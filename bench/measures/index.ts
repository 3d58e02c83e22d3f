// Everything that is measured, in the order in which it is.
import type { Measure } from '../support/measure.ts'
import { compute } from './compute.ts'
import { executor } from './executor.ts'
import { codeGrowth } from './growth.ts'
import { brokeredCall, localCall } from './host-call.ts'
import { cpython, quickjs } from './interpreter.ts'
import { kill } from './kill.ts'
import { memory } from './memory.ts'
import { reader } from './reader.ts'
import { snapshot } from './snapshot.ts'
import { coldStart, pooledStart, warmStart } from './start.ts'
import { throughput } from './throughput.ts'

export const MEASURES: readonly Measure[] = [
  reader,
  compute,
  quickjs,
  cpython,
  codeGrowth,
  localCall,
  brokeredCall,
  coldStart,
  warmStart,
  pooledStart,
  throughput,
  snapshot,
  memory,
  executor,
  kill,
]
