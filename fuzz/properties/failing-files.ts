// Whichever call to the file system fails, behind live directories and snapshots: the guest gets an error number or is ended, and nothing stays open.
import { failingProperty } from '../models/failing.ts'

export default failingProperty(
  'failing-files',
  ['RES-06', 'CTL-16', 'MEM-15', 'FSX-13'],
  [{ service: 'files', level: 'jail', cases: /kind: (?:directory|snapshot)/ }],
)
