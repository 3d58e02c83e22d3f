// Writes V8's coverage while a test worker is still alive: Vitest stops its forks with SIGTERM, and Node writes nothing on a signal.
import { takeCoverage } from 'node:v8'
import { afterAll } from 'vitest'

// Hooks run as a stack, so this one, registered before the test file is loaded, runs after all of the file's own hooks. Without
// NODE_V8_COVERAGE, takeCoverage does nothing.
afterAll(() => takeCoverage())
