// Whichever record of the audit log cannot be written: what it was to tell of is not done, and neither is anything after it.
import { failingProperty } from '../models/failing.ts'

export default failingProperty('failing-audit', ['OUT-11'], [{ service: 'audit', level: 'jail', cases: /audit: \[/ }])
