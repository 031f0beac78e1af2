/** Signs in to the two sides of a migration; the only file of the engine that knows which kinds there are. */
import type { DestinationSignIn, SourceSignIn } from '../../main/shared/connections.ts';
import type { Diagnosis } from '../../main/shared/diagnosis.ts';
import { GutsError } from '../../main/shared/errors.ts';
import type { SourceTestResult } from '../../main/shared/move-jobs.ts';
import { openOpenstack } from '../destinations/openstack/driver.ts';
import { mayAlways, type DestinationDriver, type MayChange, type SourceDriver } from '../drivers.ts';
import type { Doors } from '../engine/migrate/sides.ts';
import { diagnoseHyperv } from '../sources/hyperv/diagnose.ts';
import { openHyperv } from '../sources/hyperv/driver.ts';
import { testHyperv } from '../sources/hyperv/probe.ts';
import { openVsphere } from '../sources/vsphere/driver.ts';
import { testVsphere } from '../sources/vsphere/probe.ts';

export async function openSource(
  signIn: SourceSignIn,
  signal: AbortSignal,
  mayChange: MayChange = mayAlways,
): Promise<SourceDriver> {
  const { connection, secret } = signIn;
  switch (connection.kind) {
    case 'vsphere':
      return await openVsphere(signIn, signal, mayChange);
    case 'hyperv':
      return await openHyperv({ connection, secret }, signal, mayChange);
  }
}

export async function openDestination(
  signIn: DestinationSignIn,
  signal: AbortSignal,
  mayChange: MayChange = mayAlways,
): Promise<DestinationDriver> {
  switch (signIn.connection.kind) {
    case 'openstack':
      return await openOpenstack(signIn, signal, { mayChange });
  }
}

/** How both are signed in to. */
export const doorsTo = (
  { source, destination }: { readonly source: SourceSignIn; readonly destination: DestinationSignIn },
  mayChange: MayChange = mayAlways,
): Doors => ({
  source: async (signal) => await openSource(source, signal, mayChange),
  destination: async (signal) => await openDestination(destination, signal, mayChange),
});

/** Signs in, looks around, signs out. @throws GutsError when that does not work */
export async function testSource(signIn: SourceSignIn, signal: AbortSignal): Promise<SourceTestResult> {
  const { connection, secret } = signIn;
  switch (connection.kind) {
    case 'vsphere':
      return await testVsphere(signIn, signal);
    case 'hyperv':
      return await testHyperv({ connection, secret }, signal);
  }
}

/** @throws NotDiagnosedError for kinds that other programs know well enough */
export async function diagnoseSource(signIn: SourceSignIn, signal: AbortSignal): Promise<Diagnosis> {
  const { connection, secret } = signIn;
  if (connection.kind !== 'hyperv') throw new NotDiagnosedError(connection.name);
  return await diagnoseHyperv({ connection, secret }, signal);
}

class NotDiagnosedError extends GutsError {
  readonly code = 'source.not-diagnosed';
  readonly remedy = 'Try it instead (“guts source test”), and gather the logs (“guts logs bundle”).';

  constructor(name: string) {
    super(`“${name}” is no Hyper-V host, and only those are looked at step by step.`);
  }
}
