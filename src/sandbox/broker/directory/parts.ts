// What the operations on one guest's live directories work with.
import type { Attributes } from './attributes.ts'
import type { Growth } from './growth.ts'
import type { Handles } from './handles.ts'
import type { Requests } from './requests.ts'

export interface Parts {
  readonly handles: Handles
  readonly requests: Requests
  readonly growth: Growth
  readonly attributes: Attributes
}
