// Whichever start of a jail, piece of its channel, buffer of the host or compilation fails: the embedder gets a result, and the next guest runs as if nothing had been.
import { failingProperty } from '../models/failing.ts'

export default failingProperty(
  'failing-host',
  ['HST-08', 'RES-11', 'CTL-12', 'CTL-16'],
  [
    { service: 'channel', level: 'jail', cases: /outcomes: \[(?:completed|exited)\]/ },
    { service: 'memory', level: 'jail', cases: /kind: |net: \{|kv: \{/ },
    { service: 'engine', level: 'inline', cases: /outcomes: \[(?:completed|exited)\]/ },
  ],
)
