// Shows how a run of the gauntlet goes on: a bar on a terminal, lines anywhere else.
import cliProgress from 'cli-progress'
import type { GauntletEvent } from '../campaign/run.ts'
import { visible } from '../reports/visible.ts'
import type { Output } from './terminal.ts'

export interface Progress {
  readonly show: (event: GauntletEvent) => void
  readonly end: () => void
}

/** Time between two lines about the same stage, milliseconds: enough to see that it lives, few enough to read in a CI log. */
const LINE_EVERY_MS = 10_000
const REDRAW_EVERY_MS = 500

/**
 * @param named the user named the targets, so findings about all of them are news; otherwise those about `bare` are expected
 */
export function showProgress(output: Output, named: boolean): Progress {
  const display = output.isTTY ? bars(output) : lines(output)
  return {
    end: display.clear,
    show: (event) => {
      const news = newsOf(event, named)
      if (event.type === 'stage-started') display.begin(event.stage, event.seconds)
      if (event.type === 'progress') display.move(event.done, event.total, event.what)
      if (event.type === 'stage-ended') display.clear()
      if (news !== null) display.say(visible(news))
    },
  }
}

/** What is worth a line that stays; null for the rest. */
function newsOf(event: GauntletEvent, named: boolean): string | null {
  switch (event.type) {
    case 'stage-ended':
      return `${event.stage}: ${event.result} after ${event.seconds.toFixed(1)} s: ${event.reason}`
    case 'finding': {
      const { id, severity, threat, target, title, own } = event.finding
      return own || named ? `finding ${id} (${severity}) on ${target}, ${threat ?? 'no threat'}: ${title}` : null
    }
    case 'weakening':
      // How many were left out for lack of time, the end of the stage says.
      return event.weakening.result === 'detected' || event.weakening.result === 'not-run'
        ? null
        : `weakening ${event.weakening.id} ${event.weakening.result}: ${event.weakening.reason}`
    case 'fault':
      return `fault: ${event.text}`
    default:
      return null
  }
}

interface Display {
  begin(stage: string, seconds: number): void
  move(done: number, total: number | null, what: string): void
  clear(): void
  say(line: string): void
}

function lines(output: Output): Display {
  let stage = ''
  let lastMs = 0
  return {
    begin: (name, seconds) => {
      stage = name
      lastMs = performance.now()
      output.write(seconds > 0 ? `${name}: up to ${Math.round(seconds)} s\n` : `${name}\n`)
    },
    move: (done, total, what) => {
      if (performance.now() - lastMs < LINE_EVERY_MS) return
      lastMs = performance.now()
      output.write(`${stage}: ${done}${total === null ? '' : ` of ${total}`}, ${visible(what, { limit: 80 })}\n`)
    },
    clear: () => {},
    say: (line) => output.write(`${line}\n`),
  }
}

function bars(output: Output): Display {
  let current: { readonly stop: () => void; readonly move: Display['move'] } | null = null
  const clear = () => {
    current?.stop()
    current = null
  }
  return {
    begin: (stage, seconds) => {
      clear()
      current = bar(output, stage, seconds)
    },
    move: (done, total, what) => current?.move(done, total, what),
    clear,
    // A bar would be drawn over the line: it is redrawn below it by the next move.
    say: (line) => output.write(`\r\u001b[K${line}\n`),
  }
}

/** A bar of the stage's time until it says how much there is to do. */
function bar(output: Output, stage: string, seconds: number) {
  const shown = new cliProgress.SingleBar({
    format: `${stage.padEnd(16)} {bar} {percentage}%  {what}`,
    stream: output as unknown as NodeJS.WritableStream,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 30,
    linewrap: false,
  })
  const started = performance.now()
  let byTime = true
  const elapsed = () => Math.min((performance.now() - started) / 1000, seconds)
  shown.start(Math.max(1, seconds), 0, { what: '' })
  const clock = setInterval(() => byTime && shown.update(elapsed()), REDRAW_EVERY_MS)
  clock.unref()
  return {
    stop: () => {
      clearInterval(clock)
      shown.stop()
    },
    move: (done: number, total: number | null, what: string) => {
      byTime = total === null
      if (total !== null) shown.setTotal(Math.max(1, total))
      shown.update(total === null ? elapsed() : done, {
        what: visible(total === null ? `${done} ${what}` : `${done}/${total} ${what}`, { limit: 60 }),
      })
    },
  }
}
