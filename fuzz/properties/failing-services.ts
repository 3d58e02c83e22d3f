// Whichever use of the network or of a store fails: nothing more is allowed than before, nothing stays open, and the guest learns no detail.
import { failingProperty } from '../models/failing.ts'

export default failingProperty(
  'failing-services',
  ['CTL-16', 'MEM-15', 'RES-06'],
  [
    { service: 'network', level: 'jail', cases: /net: \{/ },
    { service: 'stores', level: 'inline', cases: /kv: \{/ },
  ],
)
