/** Signs in to the two sides of a migration; the only file of the engine that knows which kinds there are. */
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';
import { openOpenstack } from '../destinations/openstack/driver.ts';
import type { DestinationDriver, SourceDriver } from '../drivers.ts';
import type { Sides } from '../engine/migrate/in-hand.ts';
import { openVsphere } from '../sources/vsphere/driver.ts';

export async function openSource(signIn: SourceSignIn, signal: AbortSignal): Promise<SourceDriver> {
  switch (signIn.connection.kind) {
    case 'vsphere':
      return await openVsphere(signIn, signal);
  }
}

export async function openDestination(signIn: DestinationSignIn, signal: AbortSignal): Promise<DestinationDriver> {
  switch (signIn.connection.kind) {
    case 'openstack':
      return await openOpenstack(signIn, signal);
  }
}

/** Both, side by side; when one cannot be opened, the other is closed. */
export async function openSides(
  signIns: { readonly source: SourceSignIn; readonly destination: DestinationSignIn },
  signal: AbortSignal,
): Promise<Sides> {
  const [source, destination] = await Promise.allSettled([
    openSource(signIns.source, signal),
    openDestination(signIns.destination, signal),
  ]);
  if (source.status === 'fulfilled' && destination.status === 'fulfilled') {
    return {
      source: source.value,
      destination: destination.value,
      [Symbol.asyncDispose]: async () => {
        await Promise.allSettled([source.value[Symbol.asyncDispose](), destination.value[Symbol.asyncDispose]()]);
      },
    };
  }
  for (const side of [source, destination]) if (side.status === 'fulfilled') await side.value[Symbol.asyncDispose]();
  throw source.status === 'rejected' ? source.reason : (destination as PromiseRejectedResult).reason;
}
