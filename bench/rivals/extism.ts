// Extism's JavaScript SDK, in the caller's thread and in a worker of its own.
import { createPlugin, type ExtismPluginOptions, type Plugin } from '@extism/extism'

export const EXTISM_USER = 'extism:host/user'

export const extismPlugin = (bytes: Uint8Array, runInWorker: boolean, options: ExtismPluginOptions = {}): Promise<Plugin> =>
  createPlugin({ wasm: [{ data: bytes }] }, { useWasi: false, runInWorker, ...options })

/** Creates a plugin, calls `run` once, and closes it. */
export async function runInExtism(bytes: Uint8Array, runInWorker: boolean): Promise<void> {
  const plugin = await extismPlugin(bytes, runInWorker)
  await plugin.call('run')
  await plugin.close()
}
