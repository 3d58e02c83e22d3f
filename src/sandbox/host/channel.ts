// The cell's way to the broker: one request, one reply, and the guest's thread waits in between.

export interface BrokerRequest {
  /** Name of an operation of the broker, such as `kv.get`. */
  readonly operation: string
  readonly fields: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly body?: Uint8Array
}

export interface BrokerReply {
  /** An error number of preview 1; 0 is success. */
  readonly errno: number
  readonly fields: Readonly<Record<string, string | number | boolean>>
  readonly body: Uint8Array
}

export interface Channel {
  /**
   * Sends a request and waits for its reply. The broker decides, sets the deadline, and answers when the guest is to be ended.
   *
   * @throws {Error} if the channel is gone, which ends the guest
   */
  call(request: BrokerRequest): BrokerReply
}
