/** Two connections that are one: what comes by one leaves by the other, and so does their end. */
import type { Socket } from 'node:net';

export function joined(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.once('close', (hadError) => {
      if (hadError) to.destroy();
      else to.end(); // behind what is still to be sent
    });
  }
}
