// A question on a terminal that is answered with yes or no, by somebody who has seen it. The default is no.
import type { ReadStream } from 'node:tty'
import { type Output, write } from './terminal.ts'

export interface Terminal {
  readonly input: Pick<ReadStream, 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>
  readonly output: Output
}

/** What was typed before the question does not answer it: it is thrown away until the line is quiet. */
const QUIET_MS = 150
/** A line that is never quiet is not a person. */
const PATIENCE_MS = 3000
/** Longest answer that is read on. */
const MAX_ANSWER = 1024

/**
 * @param question text that is fit for a terminal
 * @returns true for `y` and `yes`, false for any other line, null if there was no answer: the input ended, was never quiet, or the signal came
 */
export async function askYesNo({ input, output }: Terminal, question: string, signal: AbortSignal): Promise<boolean | null> {
  if (!(await discardTyped(input, signal))) return null
  await write(output, question)
  const answer = await readLine(input, signal)
  return answer === null ? null : /^y(?:es)?$/i.test(answer.trim())
}

/** Raw, because a terminal hands over whole lines only otherwise, and half a line would wait there for the question. */
async function discardTyped(input: Terminal['input'], signal: AbortSignal): Promise<boolean> {
  input.setRawMode(true)
  try {
    return await new Promise<boolean>((done) => {
      const end = (quiet: boolean) => {
        clearTimeout(timer)
        clearTimeout(patience)
        input.off('data', heard)
        input.off('end', ended)
        signal.removeEventListener('abort', aborted)
        input.pause()
        done(quiet)
      }
      const ended = () => end(false)
      const aborted = () => end(false)
      const heard = (piece: Buffer) => {
        // In raw mode nobody else makes an interrupt of Ctrl-C.
        if (piece.includes(3)) return end(false)
        timer.refresh()
      }
      const timer = setTimeout(() => end(true), QUIET_MS)
      const patience = setTimeout(() => end(false), PATIENCE_MS)
      input.on('data', heard)
      input.on('end', ended)
      signal.addEventListener('abort', aborted)
      if (signal.aborted) end(false)
      else input.resume()
    })
  } finally {
    input.setRawMode(false)
  }
}

function readLine(input: Terminal['input'], signal: AbortSignal): Promise<string | null> {
  return new Promise((done) => {
    let line = ''
    const end = (answer: string | null) => {
      input.off('data', heard)
      input.off('end', nothing)
      signal.removeEventListener('abort', nothing)
      input.pause()
      done(answer)
    }
    const nothing = () => end(null)
    const heard = (piece: Buffer) => {
      line += piece.toString('latin1')
      const at = line.search(/[\r\n]/)
      if (at >= 0) end(line.slice(0, at))
      else if (line.length > MAX_ANSWER) nothing()
    }
    input.on('data', heard)
    input.on('end', nothing)
    signal.addEventListener('abort', nothing)
    if (signal.aborted) nothing()
    else input.resume()
  })
}
