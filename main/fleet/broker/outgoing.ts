/** A message on its way to the broker. */

export interface Outgoing {
  /** Empty: straight to the queue that `key` names. */
  readonly exchange: string;
  readonly key: string;
  readonly body: Buffer;
  /** Survives a broker that is killed, in a queue that does. */
  readonly isDurable: boolean;
  /** Somebody has to have a queue for it. */
  readonly mustArrive: boolean;
  /** Asked each time that it is sent. */
  readonly properties?: () => OutgoingProperties;
}

export interface OutgoingProperties {
  readonly replyTo?: string;
  readonly correlationId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
