// Operations whose requests have no body: one that comes with bytes was not made by a cell.
import { BadRequest, type Fields } from './fields.ts'
import type { Operation, Prepared } from './operation.ts'

export const bodiless =
  (operation: (fields: Fields) => Prepared): Operation =>
  (fields, body) => {
    if (body.length > 0) throw new BadRequest('a request has a body that its operation does not take')
    return operation(fields)
  }
