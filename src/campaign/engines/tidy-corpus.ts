// Keeps a working corpus small: when it has doubled since the last time, only the inputs that are needed for what all of them reach are kept.
import { readFileSync, writeFileSync } from 'node:fs'
import { type CorpusMergeResult, countInputs, mergeCorpora } from './merge-corpora.ts'

/** Fewer inputs than this are read in less time than the engine takes to start. */
const SMALL = 300

/** Beside the corpus, as everything in it is an input. */
const markOf = (corpus: string): string => `${corpus}.merged`

function inputsAfterLastTime(corpus: string): number {
  try {
    const count = Number(readFileSync(markOf(corpus), 'utf8'))
    return Number.isSafeInteger(count) && count > 0 ? count : 0
  } catch {
    return 0
  }
}

export const isUntidy = (corpus: string): boolean => countInputs(corpus) > Math.max(SMALL, 2 * inputsAfterLastTime(corpus))

/** Nothing is lost if it fails: the corpus stays as it is. */
export async function tidyCorpus(
  corpus: string,
  about: Pick<Parameters<typeof mergeCorpora>[0], 'target' | 'includes' | 'maxLength' | 'signal' | 'addon'>,
): Promise<CorpusMergeResult> {
  const result = await mergeCorpora({ ...about, from: [corpus], into: corpus })
  if (result.status === 'merged') writeFileSync(markOf(corpus), `${result.after}\n`)
  return result
}
