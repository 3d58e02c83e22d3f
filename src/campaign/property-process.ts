// The process in which one property runs: it may hang, swell or crash without taking the campaign along.
import { pathToFileURL } from 'node:url'
import type { Property, PropertyAnswer } from './property.ts'

interface PropertyTask {
  readonly path: string
  readonly seed: number
  /** 0: only say what the property is. */
  readonly milliseconds: number
}

function propertyIn(namespace: { default?: unknown; property?: unknown }, path: string): Property {
  const value = (namespace.default ?? namespace.property) as Partial<Property> | undefined
  if (typeof value?.name !== 'string' || !Array.isArray(value.threats) || typeof value.run !== 'function') {
    throw new TypeError(`${path} exports no property: its default export must be {name, threats, run(seed, milliseconds)}`)
  }
  return value as Property
}

async function work({ path, seed, milliseconds }: PropertyTask): Promise<PropertyAnswer> {
  let about: Pick<PropertyAnswer, 'name' | 'threats'> = { name: '', threats: [] }
  try {
    const property = propertyIn((await import(pathToFileURL(path).href)) as object, path)
    about = { name: property.name, threats: [...property.threats] }
    const run = milliseconds > 0 ? await property.run(seed, milliseconds) : null
    return { ...about, run, fault: null }
  } catch (error) {
    return {
      ...about,
      run: null,
      fault: error instanceof Error ? `${error.name}: ${error.message.slice(0, 2_000)}` : String(error),
    }
  }
}

process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.once('message', async (task: PropertyTask) => {
  const answer = await work(task)
  process.send?.(answer, () => process.exit(0))
})
