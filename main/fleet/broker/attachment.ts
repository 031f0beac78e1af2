/** What hangs on the connection to the broker. */
import type { Outgoing } from './outgoing.ts';
import type { Session } from './session.ts';

/** Is put on each connection again. */
export interface Attachment {
  /** @throws GutsError: the connection is given up then, and tried again */
  attach(session: Session): Promise<void>;
}

/** What carries it. */
export interface Carrier {
  publish(message: Outgoing, signal?: AbortSignal): Promise<void>;
  detach(attachment: Attachment): void;
}
