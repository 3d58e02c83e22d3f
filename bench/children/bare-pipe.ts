// What a round trip from a jail costs without anything of ours: a worker in a child process writes to a pipe and reads the echo, blocking.
import { readSync, writeSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** Bytes each way: about those of a request for a short value. */
const SIZE = 100

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url), { workerData: Number(process.argv[2]) })
  worker.on('message', (microseconds) => process.send!(microseconds))
} else {
  const trips = workerData as number
  const bytes = new Uint8Array(SIZE)
  const trip = (): void => {
    writeSync(4, bytes)
    for (let got = 0; got < SIZE; ) got += readSync(4, bytes)
  }
  for (let i = 0; i < trips / 10; i++) trip()
  const start = performance.now()
  for (let i = 0; i < trips; i++) trip()
  parentPort!.postMessage(((performance.now() - start) / trips) * 1000)
}
