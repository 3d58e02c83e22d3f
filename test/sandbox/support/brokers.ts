// Brokers for tests: by themselves they have no services.
import { NO_AUDIT } from '../../../src/sandbox/audit.ts'
import { Broker, type BrokerOptions } from '../../../src/sandbox/broker/broker.ts'

/** What a housing asks for: a broker whose events go where the guest's go. */
export const brokerWith =
  (options: Partial<BrokerOptions> = {}) =>
  (event: BrokerOptions['event']): Broker =>
    new Broker({ services: [], deadlineMs: 60_000, audit: NO_AUDIT, instance: 'instance', module: 'module', event, ...options })
